package io.headwater.ps.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.ps.optimizer.OptimizerConfig.Kind;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.testing.ToyModel;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The float32 update rules against formulas, against PyTorch, and however they are cut. */
class OptimizerTest {
  private static final int STEPS = 20;
  private static final float RATE = 0.01f;
  private static final float SCALE = 0.5f;

  private static OptimizerConfig config(Kind kind) {
    return new OptimizerConfig(kind, 0.9f, 0.95f, 1e-8f, 0.1f, 0f);
  }

  @ParameterizedTest
  @EnumSource
  void followsTheFormulasInDoublePrecision(Kind kind) {
    CutOptimizer optimizer = new CutOptimizer(config(kind), ToyModel.LAYOUT, 1, ChunkSize.BLOCK);
    float[] weights = ToyModel.initialWeights();
    ReferenceOptimizer reference =
        new ReferenceOptimizer(config(kind), ToyModel.LAYOUT, weights.clone());
    for (int step = 0; step < STEPS; step++) {
      float[] gradient = ToyModel.gradient(ToyModel.initialWeights(), step, 0);
      reference.step(step, gradient, RATE, SCALE);
      optimizer.step(step, weights, gradient, RATE, SCALE);
    }
    for (int i = 0; i < weights.length; i++) {
      assertThat((double) weights[i])
          .as("element %d", i)
          .isCloseTo(reference.weights()[i], within(2e-6));
    }
  }

  @ParameterizedTest
  @EnumSource
  void givesTheSameBitsHoweverTheVectorIsCut(Kind kind) {
    float[] expected = train(kind, 1, ChunkSize.BLOCK);
    for (int ranges = 1; ranges <= 3; ranges++) {
      for (int chunk : new int[] {320, 2_040, ChunkSize.BLOCK}) {
        ToyModel.assertSameBits(train(kind, ranges, chunk), expected);
      }
    }
  }

  private static float[] train(Kind kind, int ranges, int chunk) {
    CutOptimizer optimizer = new CutOptimizer(config(kind), ToyModel.LAYOUT, ranges, chunk);
    float[] weights = ToyModel.initialWeights();
    for (int step = 0; step < 5; step++) {
      optimizer.step(step, weights, ToyModel.gradient(weights, step, 0), RATE, SCALE);
    }
    return weights;
  }

  @ParameterizedTest
  @EnumSource
  void goesOnFromItsStateWithTheSameBits(Kind kind) {
    float[] expected = train(kind, 1, ChunkSize.BLOCK);
    float[] weights = ToyModel.initialWeights();
    CutOptimizer before = new CutOptimizer(config(kind), ToyModel.LAYOUT, 2, 320);
    for (int step = 0; step < 2; step++) {
      before.step(step, weights, ToyModel.gradient(weights, step, 0), RATE, SCALE);
    }
    CutOptimizer after = new CutOptimizer(config(kind), ToyModel.LAYOUT, 2, 320);
    after.takeState(before);
    for (int step = 2; step < 5; step++) {
      after.step(step, weights, ToyModel.gradient(weights, step, 0), RATE, SCALE);
    }
    ToyModel.assertSameBits(weights, expected);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LAMB") // PyTorch has none
  void agreesWithPyTorch(Kind kind) throws IOException {
    JsonNode reference = reference();
    JsonNode shape = reference.get("shape");
    TensorLayout layout =
        TensorLayout.builder()
            .add("matrix", shape.get(0).asInt(), shape.get(1).asInt())
            .add("vector", shape.get(2).asInt())
            .build();
    float[] weights = floats(reference.get("initial"));
    CutOptimizer optimizer = new CutOptimizer(config(kind), layout, 1, ChunkSize.BLOCK);
    int step = 0;
    for (JsonNode gradient : reference.get("gradients")) {
      float rate = (float) reference.get("rate").asDouble();
      optimizer.step(step++, weights, floats(gradient), rate, 1f);
    }
    JsonNode expected = reference.get("rules").get(kind.name());
    assertThat(weights).containsExactly(floats(expected.get("weights")), within(1e-6f));
    List<String> names = new ArrayList<>();
    expected.get("state").fieldNames().forEachRemaining(names::add);
    assertThat(optimizer.state().keySet()).containsExactlyElementsOf(names);
    for (String name : names) {
      assertThat(optimizer.state().get(name)[0])
          .containsExactly(floats(expected.get("state").get(name)), within(1e-5f));
    }
  }

  @Test
  void lambRefusesToUpdateBeforeTheNormsAreKnown() {
    Optimizer lamb = new Optimizer(config(Kind.LAMB), ToyModel.LAYOUT, 0, ToyModel.ELEMENTS);
    lamb.begin(0, RATE);
    float[] block = new float[ChunkSize.BLOCK];
    lamb.prepare(0, 0, block, block.clone(), 320, 1f);
    assertThatThrownBy(() -> lamb.update(0, 0, block, block.clone(), 320, 1f))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("norms of tensors");
  }

  @Test
  void aMatrixOfZerosIsTrustedFully() {
    double[][] sums = {{0, 4, 9, 16}, {1, 0, 1, 3}};
    assertThat(TensorNorms.trust(4, new int[] {0, 1, 3, 3}, sums))
        .containsExactly(1f, 1f, 1f, 2.5f);
  }

  private static JsonNode reference() throws IOException {
    try (InputStream in = OptimizerTest.class.getResourceAsStream("optimizer_reference.json")) {
      return new ObjectMapper().readTree(in);
    }
  }

  private static float[] floats(JsonNode values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values.get(i).asDouble();
    }
    return floats;
  }
}
