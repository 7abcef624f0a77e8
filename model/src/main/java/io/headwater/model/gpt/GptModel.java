package io.headwater.model.gpt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.Execution;
import io.headwater.model.LanguageModel;
import io.headwater.model.TokenBatch;

final class GptModel implements LanguageModel {
  GptModel(GptConfig sizes, Execution execution) {}

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
  public double gradient(TokenBatch batch) {
    throw new UnsupportedOperationException();
  }

  @Override
  public double loss(TokenBatch batch) {
    throw new UnsupportedOperationException();
  }

  @Override
  public float[] nextTokenLogits(int[] context) {
    throw new UnsupportedOperationException();
  }
}
