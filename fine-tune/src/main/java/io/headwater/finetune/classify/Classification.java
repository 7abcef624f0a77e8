package io.headwater.finetune.classify;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.finetune.Columns;
import io.headwater.finetune.LabelledExample;
import io.headwater.finetune.LabelledFile;
import io.headwater.finetune.Labels;
import io.headwater.finetune.Task;
import io.headwater.finetune.TaskData;
import io.headwater.finetune.TaskModel;
import io.headwater.finetune.TextEncoder;
import io.headwater.model.Execution;
import io.headwater.model.ModelFamily;
import io.headwater.model.head.ClassificationHead;
import io.headwater.model.head.HeadedNetwork;
import java.util.List;
import java.util.Optional;

/** Classification of texts, or of pairs of texts. */
public record Classification() implements Task<LabelledExample, HeadedNetwork> {
  @Override
  public String name() {
    return "classification";
  }

  @Override
  public List<LabelledExample> read(String file, Columns columns) {
    return LabelledFile.read(file, columns);
  }

  @Override
  public Optional<String> stratum(LabelledExample example) {
    return Optional.of(example.label());
  }

  @Override
  public Labels labels(List<LabelledExample> examples, String file) {
    return Labels.of(examples.stream().map(LabelledExample::label).toList(), file);
  }

  @Override
  public Labels labels(JsonNode config, String directory) {
    return Labels.of(config, directory);
  }

  @Override
  public HeadedNetwork network(
      ModelFamily family, JsonNode config, Labels labels, Execution execution) {
    return family.headed(config, new ClassificationHead(labels.names()), execution);
  }

  @Override
  public TaskData prepare(
      List<LabelledExample> examples, String file, TaskModel<HeadedNetwork> model) {
    HeadedNetwork network = model.network();
    TextEncoder encoder = new TextEncoder(network.framing(), model.tokenizer(), model.maxLength());
    int[] classes =
        examples.stream()
            .mapToInt(each -> model.labels().indexOf(each.label(), each.place(file)))
            .toArray();
    return new ClassifiedTexts(
        network,
        model.labels(),
        LabelledExample.encode(examples, file, encoder),
        classes,
        new float[0]);
  }

  @Override
  public String adapterType(HeadedNetwork network) {
    return "SEQ_CLS";
  }
}
