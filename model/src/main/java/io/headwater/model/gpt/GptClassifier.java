package io.headwater.model.gpt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.Execution;
import io.headwater.model.LabelledBatch;
import io.headwater.model.SequenceClassifier;
import java.util.List;

final class GptClassifier implements SequenceClassifier {
  GptClassifier(GptConfig sizes, List<String> labels, Execution execution) {}

  @Override
  public ObjectNode config() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int contextLength() {
    throw new UnsupportedOperationException();
  }

  @Override
  public TensorLayout layout() {
    throw new UnsupportedOperationException();
  }

  @Override
  public FlatVector parameters() {
    throw new UnsupportedOperationException();
  }

  @Override
  public FlatVector gradients() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void initialize(long seed) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}

  @Override
  public int labels() {
    throw new UnsupportedOperationException();
  }

  @Override
  public double gradient(LabelledBatch batch) {
    throw new UnsupportedOperationException();
  }

  @Override
  public float[] logits(LabelledBatch batch) {
    throw new UnsupportedOperationException();
  }

  @Override
  public float[] features(LabelledBatch batch) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int featureWidth() {
    throw new UnsupportedOperationException();
  }
}
