package io.headwater.model.t5;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.PublishedModel;
import io.headwater.model.PublishedSource;
import io.headwater.model.PublishedTensor;
import java.util.List;
import java.util.Set;

/** A T5 of Hugging Face's, version 1.0. */
record PublishedT5(ObjectNode config, TensorLayout layout) implements PublishedModel {
  private static final List<String> KNOWN =
      List.of("T5ForConditionalGeneration", "T5Model", "T5WithLMHeadModel");
  private static final String FIRST_SENTINEL = "<extra_id_0>";
  private static final Set<String> COPIES =
      Set.of("encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight");

  /** Stored by the first published ones; no position of the encoder is relative to the decoder. */
  private static final String UNUSED =
      "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight";

  static PublishedT5 of(PublishedSource source) {
    source.architecture(KNOWN);
    ObjectNode theirs = source.config().deepCopy();
    Integer sentinel = source.specialTokens().get(FIRST_SENTINEL);
    if (sentinel != null && !theirs.has(T5CheckpointMapping.FIRST_SENTINEL)) {
      theirs.put(T5CheckpointMapping.FIRST_SENTINEL, sentinel);
    }
    T5Config sizes = T5CheckpointMapping.sizes(theirs);
    return new PublishedT5(T5CheckpointMapping.config(sizes), T5CheckpointMapping.layout(sizes));
  }

  @Override
  public PublishedTensor tensor(String name) {
    if (COPIES.contains(name)) {
      return PublishedTensor.copyOf(T5CheckpointMapping.TOKENS);
    }
    return name.equals(UNUSED) ? PublishedTensor.constant(name) : PublishedTensor.parameter(name);
  }
}
