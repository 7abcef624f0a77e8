package io.headwater.finetune.regress;

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
import io.headwater.model.head.HeadedNetwork;
import io.headwater.model.head.RegressionHead;
import java.util.List;

/** A number for each text or pair of texts, such as how much two sentences mean the same. */
public record Regression() implements Task<LabelledExample, HeadedNetwork> {
  @Override
  public String name() {
    return "regression";
  }

  @Override
  public List<LabelledExample> read(String file, Columns columns) {
    return LabelledFile.read(file, columns);
  }

  @Override
  public HeadedNetwork network(
      ModelFamily family, JsonNode config, Labels labels, Execution execution) {
    return family.headed(config, new RegressionHead(), execution);
  }

  @Override
  public TaskData prepare(
      List<LabelledExample> examples, String file, TaskModel<HeadedNetwork> model) {
    HeadedNetwork network = model.network();
    TextEncoder encoder = new TextEncoder(network.framing(), model.tokenizer(), model.maxLength());
    float[] values = new float[examples.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = examples.get(i).number(file);
    }
    return new ValuedTexts(network, LabelledExample.encode(examples, file, encoder), values);
  }

  @Override
  public String adapterType(HeadedNetwork network) {
    return "SEQ_CLS";
  }
}
