package io.headwater.ps.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.checkpoint.FlatVector;
import java.util.Random;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ErrorFeedbackTest {
  private static final int CHUNK = 320;
  private static final int ELEMENTS = 5 * CHUNK + 77;

  private final UnsafeBuffer payload = new UnsafeBuffer(new byte[4 * ELEMENTS]);

  static Stream<ChunkCodec> lossyCodecs() {
    return Stream.of(
        Codec.BFLOAT16.open(),
        Codec.FLOAT16.open(),
        Codec.ONE_BIT.open(),
        Codec.topK(0.01),
        Codec.topK(0.1));
  }

  private static FlatVector vector(float[] elements) {
    FlatVector vector = FlatVector.allocate(elements.length);
    vector.write(0, elements, 0, elements.length);
    return vector;
  }

  /** Adds what a shard makes of the gradient to {@code sum}. */
  private void push(ChunkEncoder encoder, ChunkCodec shard, float[] gradient, double[] sum) {
    try (FlatVector vector = vector(gradient)) {
      for (int first = 0; first < gradient.length; first += CHUNK) {
        int count = Math.min(CHUNK, gradient.length - first);
        int bytes = encoder.encode(vector, first, count, payload, 0);
        float[] decoded = new float[count];
        assertThat(shard.decode(payload, 0, bytes, decoded, count)).isTrue();
        for (int i = 0; i < count; i++) {
          sum[first + i] += decoded[i];
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("lossyCodecs")
  void whatWasDecodedAndTheResidualAreTheSumOfTheGradients(ChunkCodec codec) {
    ChunkCodec shard = codec.codec().open();
    double[] decoded = new double[ELEMENTS];
    double[] sum = new double[ELEMENTS];
    try (ErrorFeedback feedback = new ErrorFeedback(codec, ELEMENTS)) {
      for (int step = 0; step < 200; step++) {
        float[] gradient = Elements.normal(step, ELEMENTS);
        for (int i = 0; i < ELEMENTS; i++) {
          sum[i] += gradient[i];
        }
        push(feedback, shard, gradient, decoded);
      }
      for (int i = 0; i < ELEMENTS; i++) {
        double both = decoded[i] + feedback.residual().get(i);
        assertThat(both).as("element %d", i).isCloseTo(sum[i], within(2e-3));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("lossyCodecs")
  void theResidualStaysBounded(ChunkCodec codec) {
    try (ErrorFeedback feedback = new ErrorFeedback(codec, ELEMENTS)) {
      for (int step = 0; step < 2_000; step++) {
        push(feedback, codec, Elements.normal(step, ELEMENTS), new double[ELEMENTS]);
      }
      double squares = 0;
      for (int i = 0; i < ELEMENTS; i++) {
        squares += Math.pow(feedback.residual().get(i), 2);
      }
      // Without feedback of what was lost, a hundredth of the elements would leave sqrt(2000 *
      // .99).
      assertThat(Math.sqrt(squares / ELEMENTS)).isLessThan(15);
    }
  }

  @Test
  void aChunkThatIsNotFiniteLeavesTheResidualAsItIs() {
    try (ErrorFeedback feedback = new ErrorFeedback(Codec.ONE_BIT.open(), ELEMENTS);
        FlatVector gradient = vector(Elements.normal(1, ELEMENTS))) {
      assertThat(feedback.encode(gradient, CHUNK, CHUNK, payload, 0)).isPositive();
      float[] before = new float[ELEMENTS];
      feedback.residual().read(0, before, 0, ELEMENTS);
      assertThat(before).startsWith(new float[CHUNK]).isNotEqualTo(new float[ELEMENTS]);
      gradient.set(CHUNK + 7, Float.NaN);
      assertThat(feedback.encode(gradient, CHUNK, CHUNK, payload, 0))
          .isEqualTo(ChunkEncoder.NOT_FINITE);
      float[] after = new float[ELEMENTS];
      feedback.residual().read(0, after, 0, ELEMENTS);
      assertThat(after).isEqualTo(before);
    }
  }

  /** Mean squared error of a linear regression's weights after 3,000 steps on batches. */
  private double regressionError(ChunkEncoder encoder, ChunkCodec shard) {
    int features = 100;
    int batch = 20;
    Random random = new Random(5);
    float[] truth = Elements.normal(6, features);
    float[] weights = new float[features];
    for (int step = 0; step < 3_000; step++) {
      float[] gradient = new float[features];
      for (int row = 0; row < batch; row++) {
        float[] x = Elements.normal(random.nextLong(), features);
        double error = 0;
        for (int i = 0; i < features; i++) {
          error += (weights[i] - truth[i]) * x[i];
        }
        for (int i = 0; i < features; i++) {
          gradient[i] += (float) (error * x[i] / batch);
        }
      }
      double[] pushed = new double[features];
      push(encoder, shard, gradient, pushed);
      for (int i = 0; i < features; i++) {
        weights[i] -= (float) (0.01 * pushed[i]);
      }
    }
    double error = 0;
    for (int i = 0; i < features; i++) {
      error += Math.pow(weights[i] - truth[i], 2) / features;
    }
    return error;
  }

  @ParameterizedTest
  @MethodSource("lossyCodecs")
  void aLinearRegressionConvergesAsWithFloat32(ChunkCodec codec) {
    ChunkCodec exact = Codec.FLOAT32.open();
    assertThat(regressionError(exact, exact)).isLessThan(1e-6);
    try (ErrorFeedback feedback = new ErrorFeedback(codec, 100)) {
      assertThat(regressionError(feedback, codec)).isLessThan(1e-6);
    }
  }
}
