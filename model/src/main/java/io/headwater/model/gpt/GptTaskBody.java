package io.headwater.model.gpt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.Execution;
import io.headwater.model.Framing;
import io.headwater.model.GradientProgress;
import io.headwater.model.LinearLayers;
import io.headwater.model.TextBatch;
import io.headwater.model.head.Body;
import io.headwater.model.head.HeadedNetwork;
import io.headwater.model.head.Readout;
import io.headwater.model.head.Scorer;
import io.headwater.model.head.TaskHead;
import io.headwater.model.layers.Dropout;
import io.headwater.model.tensor.ParameterSpace;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A GPT below a task's head. The last real token stands for a whole text. */
final class GptTaskBody implements Body {
  private final GptBody body;
  private GptBody.Shape shape;

  private GptTaskBody(GptConfig sizes, TaskHead head, Execution execution) {
    this.body = new GptBody(sizes, GptCheckpointMapping.task(sizes, head), execution);
  }

  static HeadedNetwork network(GptConfig sizes, TaskHead head, Execution execution) {
    return new HeadedNetwork(new GptTaskBody(sizes, head, execution), head);
  }

  @Override
  public ParameterSpace space() {
    return body.space();
  }

  @Override
  public ObjectNode config(TaskHead head) {
    return GptCheckpointMapping.taskConfig(body.sizes(), head);
  }

  @Override
  public int contextLength() {
    return body.sizes().contextLength();
  }

  @Override
  public int width() {
    return body.sizes().hiddenSize();
  }

  @Override
  public double dropout() {
    return 0;
  }

  @Override
  public Framing framing() {
    return Framing.LAST_TOKEN;
  }

  @Override
  public LinearLayers linearLayers() {
    return GptCheckpointMapping.linearLayers(space().layout());
  }

  @Override
  public void initialize(long seed) {
    GptInitialization.apply(body.sizes(), space().layout(), space().parameters(), seed);
  }

  @Override
  public boolean isNew(String tensor) {
    return false;
  }

  @Override
  public Readout summary() {
    return (hidden, batch, drops) -> {
      Tensor last = lastRows(hidden, batch);
      return new Readout.Rows(
          hidden.index_select(0, last), (dRows, dHidden) -> dHidden.index_add_(0, last, dRows));
    };
  }

  @Override
  public Scorer summaryScorer() {
    return GptCheckpointMapping.SUMMARY_SCORER;
  }

  @Override
  public void use(TextBatch batch) {
    shape = body.shape(batch.sequences(), batch.length());
  }

  @Override
  public Tensor forward(TextBatch batch, Dropout drops) {
    return shape.forward(batch.inputs(), new int[0], drops);
  }

  @Override
  public Tensor gradient() {
    return shape.gradient();
  }

  @Override
  public void backward() {
    body.embedding().clearGradient();
    shape.backward(GradientProgress.NONE);
  }

  @Override
  public void close() {
    body.close();
  }

  private static Tensor lastRows(Tensor hidden, TextBatch batch) {
    long[] rows = new long[batch.sequences()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (long) i * batch.length() + batch.lengths()[i] - 1;
    }
    return torch.tensor(rows).to(hidden.device(), ScalarType.Long);
  }
}
