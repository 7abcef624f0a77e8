package io.headwater.model.gpt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.Execution;
import io.headwater.model.GradientProgress;
import io.headwater.model.LabelledBatch;
import io.headwater.model.SequenceClassifier;
import io.headwater.model.layers.LastTokenHead;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** A GPT body whose last token's hidden state is scored by a linear head. */
final class GptClassifier implements SequenceClassifier {
  private final List<String> labels;
  private final GptBody body;
  private final LastTokenHead head;

  GptClassifier(GptConfig sizes, List<String> labels, Execution execution) {
    if (labels.size() < 2) {
      throw new UserException("Cannot classify into " + labels + ": at least 2 labels are needed");
    }
    this.labels = List.copyOf(labels);
    TensorLayout layout = GptCheckpointMapping.classifier(sizes, labels.size());
    this.body = new GptBody(sizes, layout, execution);
    this.head = new LastTokenHead(body.space(), GptCheckpointMapping.SCORE);
  }

  @Override
  public ObjectNode config() {
    return GptCheckpointMapping.classifierConfig(body.sizes(), labels);
  }

  @Override
  public int contextLength() {
    return body.sizes().contextLength();
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
    GptInitialization.apply(body.sizes(), layout(), parameters(), seed);
  }

  @Override
  public List<String> linearLayers() {
    return layout().entries().stream()
        .filter(entry -> entry.name().startsWith("transformer.h.") && entry.decays())
        .map(entry -> entry.name().replaceFirst("\\.weight$", ""))
        .toList();
  }

  @Override
  public boolean storesInputsFirst() {
    return true;
  }

  @Override
  public List<String> usualAdapterTargets() {
    return List.of("c_attn");
  }

  @Override
  public int labels() {
    return labels.size();
  }

  @Override
  public int featureWidth() {
    return body.sizes().hiddenSize();
  }

  @Override
  public Framing framing() {
    return Framing.LAST_TOKEN;
  }

  @Override
  public String scoreTensor() {
    return GptCheckpointMapping.SCORE;
  }

  @Override
  public boolean isNew(String tensor) {
    return tensor.equals(GptCheckpointMapping.SCORE);
  }

  @Override
  public double gradient(LabelledBatch batch) {
    GptBody.Shape shape = body.shape(batch.sequences(), batch.length());
    try (PointerScope step = new PointerScope()) {
      Tensor hidden = shape.forward(batch.inputs());
      Tensor last = head.select(hidden, batch);
      double loss = head.gradient(last, batch, shape.gradient());
      body.embedding().clearGradient();
      shape.backward(GradientProgress.NONE);
      return loss;
    }
  }

  @Override
  public float[] logits(LabelledBatch batch) {
    GptBody.Shape shape = body.shape(batch.sequences(), batch.length());
    try (PointerScope step = new PointerScope()) {
      return toArray(head.logits(head.select(shape.forward(batch.inputs()), batch)));
    }
  }

  @Override
  public float[] features(LabelledBatch batch) {
    GptBody.Shape shape = body.shape(batch.sequences(), batch.length());
    try (PointerScope step = new PointerScope()) {
      return toArray(head.select(shape.forward(batch.inputs()), batch));
    }
  }

  @Override
  public void close() {
    body.close();
  }

  private static float[] toArray(Tensor tensor) {
    Tensor host = tensor.cpu().contiguous();
    float[] values = new float[Math.toIntExact(host.numel())];
    new FloatPointer(host.data_ptr()).get(values);
    return values;
  }
}
