package io.headwater.model.gpt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.PublishedModel;
import io.headwater.model.PublishedSource;
import io.headwater.model.PublishedTensor;
import io.headwater.model.head.TaskHead;
import java.util.List;
import java.util.regex.Pattern;

/** A GPT-2 of Hugging Face's. A bare {@code GPT2Model} names its tensors without a prefix. */
record PublishedGpt(ObjectNode config, TensorLayout layout) implements PublishedModel {
  private static final String FAMILY = "GPT2";
  private static final List<String> KNOWN = TaskHead.known(FAMILY, "GPT2LMHeadModel", "GPT2Model");
  private static final String PREFIX = "transformer.";
  private static final String OUTPUT = "lm_head.weight";

  /** The causal mask, and what stood for minus infinity in it. */
  private static final Pattern CONSTANT =
      Pattern.compile("transformer\\.h\\.\\d+\\.attn\\.(bias|masked_bias)");

  static PublishedGpt of(PublishedSource source) {
    GptConfig sizes = GptCheckpointMapping.sizes(source.config());
    String architecture = source.architecture(KNOWN);
    return TaskHead.read(FAMILY, architecture, source, GptCheckpointMapping.SUMMARY_SCORER)
        .map(head -> headed(sizes, head, source))
        .orElseGet(
            () ->
                new PublishedGpt(
                    GptCheckpointMapping.languageModelConfig(sizes),
                    GptCheckpointMapping.body(sizes)));
  }

  private static PublishedGpt headed(GptConfig sizes, TaskHead head, PublishedSource source) {
    ObjectNode config = GptCheckpointMapping.taskConfig(sizes, head);
    head.describe(config);
    JsonNode padding = source.config().path("pad_token_id");
    if (padding.isInt()) {
      config.set("pad_token_id", padding);
    }
    return new PublishedGpt(config, GptCheckpointMapping.task(sizes, head));
  }

  @Override
  public PublishedTensor tensor(String name) {
    if (name.equals(OUTPUT)) {
      return PublishedTensor.copyOf(GptCheckpointMapping.TOKENS);
    }
    boolean whole = name.startsWith(PREFIX) || layout.contains(name);
    String ours = whole ? name : PREFIX + name;
    return CONSTANT.matcher(ours).matches()
        ? PublishedTensor.constant(ours)
        : PublishedTensor.parameter(ours);
  }
}
