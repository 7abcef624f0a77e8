package io.headwater.finetune.embed;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.checkpoint.UserException;
import io.headwater.finetune.Columns;
import io.headwater.finetune.EncodedTexts;
import io.headwater.finetune.LabelledExample;
import io.headwater.finetune.LabelledFile;
import io.headwater.finetune.Labels;
import io.headwater.finetune.Task;
import io.headwater.finetune.TaskData;
import io.headwater.finetune.TaskModel;
import io.headwater.finetune.TextEncoder;
import io.headwater.model.Execution;
import io.headwater.model.ModelFamily;
import io.headwater.model.head.EmbeddingHead;
import io.headwater.model.head.HeadedNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Text embeddings, trained on pairs that belong together, and scored by how well cosines follow
 * people's judgement of pairs.
 *
 * @param head with the temperature of the loss
 * @param leastLabel pairs of the training file with a lower label are left out; empty takes all,
 *     and reads no label
 */
public record Embedding(EmbeddingHead head, OptionalDouble leastLabel)
    implements Task<LabelledExample, HeadedNetwork> {
  /**
   * @param temperature by which cosines are divided in the loss
   */
  public Embedding(double temperature, OptionalDouble leastLabel) {
    this(new EmbeddingHead(temperature), leastLabel);
  }

  @Override
  public String name() {
    return "embedding";
  }

  @Override
  public List<LabelledExample> read(String file, Columns columns) {
    return LabelledFile.read(file, paired(columns));
  }

  @Override
  public List<LabelledExample> readTraining(String file, Columns columns) {
    if (leastLabel.isEmpty()) {
      return LabelledFile.readUnlabelled(file, paired(columns));
    }
    List<LabelledExample> near =
        read(file, columns).stream()
            .filter(pair -> pair.number(file) >= leastLabel.getAsDouble())
            .toList();
    if (near.size() < 2) {
      throw new UserException(
          "Cannot train on "
              + file
              + ": "
              + near.size()
              + " of its pairs have a label of at least "
              + leastLabel.getAsDouble()
              + " (two are needed)");
    }
    return near;
  }

  private static Columns paired(Columns columns) {
    if (columns.pair().isEmpty()) {
      throw new UserException(
          "Cannot learn embeddings without pairs: give the second text's column (--pair-column)");
    }
    return columns;
  }

  @Override
  public HeadedNetwork network(
      ModelFamily family, JsonNode config, Labels labels, Execution execution) {
    return family.headed(config, head, execution);
  }

  @Override
  public TaskData prepare(
      List<LabelledExample> pairs, String file, TaskModel<HeadedNetwork> model) {
    HeadedNetwork network = model.network();
    TextEncoder encoder = new TextEncoder(network.framing(), model.tokenizer(), model.maxLength());
    List<TextEncoder.Encoded> texts = new ArrayList<>();
    for (LabelledExample pair : pairs) {
      texts.add(encoder.encode(pair.text(), Optional.empty(), pair.place(file)));
      texts.add(encoder.encode(pair.pair().orElseThrow(), Optional.empty(), pair.place(file)));
    }
    return new PairedTexts(network, new EncodedTexts(texts, encoder.maxLength()), pairs, file);
  }

  @Override
  public String adapterType(HeadedNetwork network) {
    return "FEATURE_EXTRACTION";
  }
}
