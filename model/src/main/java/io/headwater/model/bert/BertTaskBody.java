package io.headwater.model.bert;

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
import io.headwater.model.layers.Pooler;
import io.headwater.model.tensor.ParameterSpace;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A BERT below a task's head. The pooled first token stands for a whole text. */
final class BertTaskBody implements Body {
  private final BertConfig sizes;
  private final BertBody body;
  private BertBody.Shape shape;

  private BertTaskBody(BertConfig sizes, TaskHead head, Execution execution) {
    this.sizes = sizes;
    this.body = new BertBody(sizes, BertCheckpointMapping.task(sizes, head), execution);
  }

  static HeadedNetwork network(BertConfig sizes, TaskHead head, Execution execution) {
    return new HeadedNetwork(new BertTaskBody(sizes, head, execution), head);
  }

  @Override
  public ParameterSpace space() {
    return body.space();
  }

  @Override
  public ObjectNode config(TaskHead head) {
    return BertCheckpointMapping.taskConfig(sizes, head);
  }

  @Override
  public int contextLength() {
    return sizes.contextLength();
  }

  @Override
  public int width() {
    return sizes.hiddenSize();
  }

  @Override
  public double dropout() {
    return sizes.dropout();
  }

  @Override
  public Framing framing() {
    return Framing.CLASSIFICATION_TOKEN;
  }

  @Override
  public LinearLayers linearLayers() {
    return LinearLayers.of(
        space().layout(), List.of("bert.encoder."), false, List.of("query", "value"));
  }

  @Override
  public void initialize(long seed) {
    BertInitialization.apply(space().layout(), space().parameters(), seed);
  }

  /** Without next-sentence prediction nothing has trained a pooler. */
  @Override
  public boolean isNew(String tensor) {
    return !sizes.objective().nextSentence() && tensor.startsWith(BertCheckpointMapping.POOLER);
  }

  @Override
  public Readout summary() {
    Pooler pooler = new Pooler(body.space(), BertCheckpointMapping.POOLER);
    return (hidden, batch, drops) -> {
      Pooler.Result pooled = pooler.forward(hidden, batch.sequences());
      Tensor mask = drops.mask(pooled.y(), sizes.dropout());
      return new Readout.Rows(
          mask == null ? pooled.y() : pooled.y().mul(mask),
          (dRows, dHidden) ->
              pooler.backward(pooled, mask == null ? dRows : dRows.mul(mask), dHidden));
    };
  }

  @Override
  public Scorer summaryScorer() {
    return BertCheckpointMapping.SUMMARY_SCORER;
  }

  @Override
  public void use(TextBatch batch) {
    shape = body.shape(batch.sequences(), batch.length());
  }

  @Override
  public Tensor forward(TextBatch batch, Dropout drops) {
    return shape.forward(batch.inputs(), batch.segments(), batch.lengths(), drops);
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
}
