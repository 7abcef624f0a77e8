package io.headwater.model.head;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.Batch;
import io.headwater.model.Framing;
import io.headwater.model.LabelledBatch;
import io.headwater.model.LinearLayers;
import io.headwater.model.TaskNetwork;
import io.headwater.model.TextBatch;
import io.headwater.model.layers.Dense;
import io.headwater.model.layers.Dropout;
import io.headwater.model.tensor.ParameterSpace;
import io.headwater.model.tensor.TensorModel;
import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A body and a head. */
public final class HeadedNetwork implements TaskNetwork, TensorModel {
  private final Body body;
  private final TaskHead head;
  private final Readout readout;
  private final Optional<Scorer> scorer;
  private final Optional<Dense> layer; // of the scorer
  private final Loss loss;

  /**
   * @param body closed with this network
   */
  public HeadedNetwork(Body body, TaskHead head) {
    this.body = body;
    this.head = head;
    this.readout = head.readout(body);
    this.scorer = head.scorer(body.summaryScorer());
    this.layer = scorer.map(each -> each.layer(body.space()));
    this.loss = head.loss();
  }

  @Override
  public ObjectNode config() {
    ObjectNode config = body.config(head);
    head.describe(config);
    return config;
  }

  @Override
  public int contextLength() {
    return body.contextLength();
  }

  @Override
  public ParameterSpace space() {
    return body.space();
  }

  @Override
  public void initialize(long seed) {
    body.initialize(seed);
  }

  @Override
  public LinearLayers linearLayers() {
    return body.linearLayers();
  }

  @Override
  public boolean isNew(String tensor) {
    return scorer.map(each -> each.owns(tensor)).orElse(false) || body.isNew(tensor);
  }

  /** A bare body knows its parts without the family's prefix. */
  @Override
  public String publishedName(String name) {
    return scorer.isPresent() ? name : name.substring(name.indexOf('.') + 1);
  }

  public TaskHead head() {
    return head;
  }

  /** How a text becomes a sequence. */
  public Framing framing() {
    return body.framing();
  }

  /** The layer that scores rows, if there is one. */
  public Optional<Scorer> scorer() {
    return scorer;
  }

  /** D: width of a row of {@link #features}. */
  public int featureWidth() {
    return body.width();
  }

  @Override
  public double gradient(Batch examples) {
    LabelledBatch batch = examples.as(LabelledBatch.class);
    body.use(batch.texts());
    try (PointerScope step = new PointerScope()) {
      Dropout drops = Dropout.seeded(batch.texts().seed());
      Readout.Rows rows = readout.read(body.forward(batch.texts(), drops), batch.texts(), drops);
      Loss.Result result = loss.of(score(rows.values()), batch);
      Tensor dRows = layer.map(dense -> backward(dense, rows, result)).orElse(result.dOutputs());
      rows.backward().accept(dRows, body.gradient().zero_());
      body.backward();
      return result.loss();
    }
  }

  /** The head's scores, without dropout: (R, C) row-major; the rows where nothing scores them. */
  public float[] outputs(TextBatch batch) {
    return compute(batch, rows -> score(rows));
  }

  /** What the head scores, without dropout: (R, D) row-major. */
  public float[] features(TextBatch batch) {
    return compute(batch, rows -> rows);
  }

  @Override
  public void close() {
    body.close();
  }

  private Tensor score(Tensor rows) {
    return layer.map(dense -> dense.forward(rows).to(ScalarType.Float)).orElse(rows);
  }

  private static Tensor backward(Dense dense, Readout.Rows rows, Loss.Result result) {
    Tensor dRows = torch.empty_like(rows.values());
    dense.backward(rows.values(), result.dOutputs(), dRows);
    return dRows;
  }

  private float[] compute(TextBatch batch, Function<Tensor, Tensor> ofRows) {
    body.use(batch);
    try (PointerScope step = new PointerScope()) {
      Tensor hidden = body.forward(batch, Dropout.NONE);
      Tensor host =
          ofRows.apply(readout.read(hidden, batch, Dropout.NONE).values()).cpu().contiguous();
      float[] values = new float[Math.toIntExact(host.numel())];
      new FloatPointer(host.data_ptr()).get(values);
      return values;
    }
  }
}
