package io.headwater.model.bert;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.Objective;
import io.headwater.model.PublishedModel;
import io.headwater.model.PublishedSource;
import io.headwater.model.PublishedTensor;
import io.headwater.model.head.TaskHead;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A BERT of Hugging Face's. A bare {@code BertModel} names its tensors without a prefix; the first
 * published ones call a norm's gain and offset {@code gamma} and {@code beta}.
 */
record PublishedBert(ObjectNode config, TensorLayout layout) implements PublishedModel {
  private static final String FAMILY = "Bert";
  private static final List<String> KNOWN =
      TaskHead.known(FAMILY, "BertForPreTraining", "BertForMaskedLM", "BertModel");
  private static final String PREFIX = "bert.";
  private static final String MASKED_TOKENS = "cls.";
  private static final Map<String, String> COPIES =
      Map.of(
          "cls.predictions.decoder.weight", BertCheckpointMapping.WORDS,
          "cls.predictions.decoder.bias", BertCheckpointMapping.DECODER_BIAS);
  private static final Set<String> CONSTANTS =
      Set.of("bert.embeddings.position_ids", "bert.embeddings.token_type_ids");

  static PublishedBert of(PublishedSource source) {
    String architecture = source.architecture(KNOWN);
    ObjectNode theirs = source.config().deepCopy();
    if (!theirs.has(BertCheckpointMapping.OBJECTIVE)) {
      // By the tensors: the architecture named by a folder with both heads may be that of one.
      boolean pooled =
          source.shapes().keySet().stream()
              .anyMatch(name -> ours(name).startsWith(BertCheckpointMapping.POOLER));
      Objective objective = pooled ? Objective.MASKED_LM_NSP : Objective.MASKED_LM;
      theirs.put(BertCheckpointMapping.OBJECTIVE, objective.toString());
    }
    BertConfig sizes = BertCheckpointMapping.sizes(theirs);
    return TaskHead.read(FAMILY, architecture, source, BertCheckpointMapping.SUMMARY_SCORER)
        .map(head -> headed(sizes, head))
        .orElseGet(
            () ->
                new PublishedBert(
                    BertCheckpointMapping.pretrainingConfig(sizes),
                    BertCheckpointMapping.pretraining(sizes)));
  }

  private static PublishedBert headed(BertConfig sizes, TaskHead head) {
    ObjectNode config = BertCheckpointMapping.taskConfig(sizes, head);
    head.describe(config);
    return new PublishedBert(config, BertCheckpointMapping.task(sizes, head));
  }

  @Override
  public PublishedTensor tensor(String name) {
    String ours = ours(name);
    if (COPIES.containsKey(ours)) {
      return PublishedTensor.copyOf(COPIES.get(ours));
    }
    return CONSTANTS.contains(ours)
        ? PublishedTensor.constant(ours)
        : PublishedTensor.parameter(ours);
  }

  @Override
  public boolean isOfHead(String parameter) {
    return parameter.startsWith(MASKED_TOKENS);
  }

  @Override
  public void draw(FlatVector parameters, long seed) {
    BertInitialization.apply(layout, parameters, seed);
  }

  /** A body without a prefix, as {@code BertModel} writes it; never the name of a head. */
  private static String ours(String name) {
    boolean bare =
        name.startsWith("embeddings.") || name.startsWith("encoder.") || name.startsWith("pooler.");
    String ours = bare ? PREFIX + name : name;
    return ours.replace("LayerNorm.gamma", "LayerNorm.weight")
        .replace("LayerNorm.beta", "LayerNorm.bias");
  }
}
