package io.headwater.model.bert;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.Execution;
import io.headwater.model.GradientProgress;
import io.headwater.model.LabelledBatch;
import io.headwater.model.SequenceClassifier;
import io.headwater.model.layers.ClassHead;
import io.headwater.model.layers.Dropout;
import io.headwater.model.layers.Pooler;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** A BERT body whose pooled first token is scored by a linear head. */
final class BertClassifier implements SequenceClassifier {
  private final BertConfig sizes;
  private final List<String> labels;
  private final BertBody body;
  private final Pooler pooler;
  private final ClassHead head;

  BertClassifier(BertConfig sizes, List<String> labels, Execution execution) {
    if (labels.size() < 2) {
      throw new UserException("Cannot classify into " + labels + ": at least 2 labels are needed");
    }
    this.sizes = sizes;
    this.labels = List.copyOf(labels);
    this.body =
        new BertBody(sizes, BertCheckpointMapping.classifier(sizes, labels.size()), execution);
    this.pooler = new Pooler(body.space(), BertCheckpointMapping.POOLER);
    this.head = new ClassHead(body.space(), BertCheckpointMapping.CLASSIFIER);
  }

  @Override
  public ObjectNode config() {
    return BertCheckpointMapping.classifierConfig(sizes, labels);
  }

  @Override
  public int contextLength() {
    return sizes.contextLength();
  }

  @Override
  public TensorLayout layout() {
    return body.space().layout();
  }

  @Override
  public FlatVector parameters() {
    return body.space().parameters();
  }

  @Override
  public FlatVector gradients() {
    return body.space().gradients();
  }

  @Override
  public void initialize(long seed) {
    BertInitialization.apply(layout(), parameters(), seed);
  }

  @Override
  public List<String> linearLayers() {
    return layout().entries().stream()
        .filter(entry -> entry.name().startsWith("bert.encoder.") && entry.decays())
        .map(entry -> entry.name().replaceFirst("\\.weight$", ""))
        .toList();
  }

  @Override
  public boolean storesInputsFirst() {
    return false;
  }

  @Override
  public List<String> usualAdapterTargets() {
    return List.of("query", "value");
  }

  @Override
  public int labels() {
    return labels.size();
  }

  @Override
  public int featureWidth() {
    return sizes.hiddenSize();
  }

  @Override
  public Framing framing() {
    return Framing.CLASSIFICATION_TOKEN;
  }

  @Override
  public String scoreTensor() {
    return BertCheckpointMapping.CLASSIFIER + ".weight";
  }

  /** Without next-sentence prediction nothing has trained a pooler. */
  @Override
  public boolean isNew(String tensor) {
    return tensor.startsWith(BertCheckpointMapping.CLASSIFIER + ".")
        || (!sizes.objective().nextSentence() && tensor.startsWith(BertCheckpointMapping.POOLER));
  }

  @Override
  public double gradient(LabelledBatch batch) {
    BertBody.Shape shape = body.shape(batch.sequences(), batch.length());
    try (PointerScope step = new PointerScope()) {
      Dropout drops = Dropout.seeded(batch.seed());
      Tensor hidden = shape.forward(batch.inputs(), batch.segments(), batch.lengths(), drops);
      Pooler.Result pooled = pooler.forward(hidden, batch.sequences());
      Tensor mask = drops.mask(pooled.y(), sizes.dropout());
      ClassHead.Result result =
          head.gradient(mask == null ? pooled.y() : pooled.y().mul(mask), batch.labels());
      Dropout.apply(result.dx(), mask);
      pooler.backward(pooled, result.dx(), shape.gradient().zero_());
      body.embedding().clearGradient();
      shape.backward(GradientProgress.NONE);
      return result.loss();
    }
  }

  @Override
  public float[] logits(LabelledBatch batch) {
    BertBody.Shape shape = body.shape(batch.sequences(), batch.length());
    try (PointerScope step = new PointerScope()) {
      return toArray(head.logits(pooled(shape, batch)));
    }
  }

  @Override
  public float[] features(LabelledBatch batch) {
    BertBody.Shape shape = body.shape(batch.sequences(), batch.length());
    try (PointerScope step = new PointerScope()) {
      return toArray(pooled(shape, batch));
    }
  }

  @Override
  public void close() {
    body.close();
  }

  private Tensor pooled(BertBody.Shape shape, LabelledBatch batch) {
    Tensor hidden = shape.forward(batch.inputs(), batch.segments(), batch.lengths(), Dropout.NONE);
    return pooler.forward(hidden, batch.sequences()).y();
  }

  private static float[] toArray(Tensor tensor) {
    Tensor host = tensor.cpu().contiguous();
    float[] values = new float[Math.toIntExact(host.numel())];
    new FloatPointer(host.data_ptr()).get(values);
    return values;
  }
}
