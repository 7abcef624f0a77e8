package io.headwater.model.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.Execution;
import io.headwater.model.tensor.Buffers;
import io.headwater.model.tensor.Engine;
import io.headwater.model.tensor.ParameterSpace;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each layer's two passes against LibTorch's autograd in double precision. */
class LayerGradientTest {
  private static final Device CPU = new Device("cpu");
  // Of a tensor's largest element. A log-probability near -16 has steps of 1e-6 in float32, which
  // become relative errors of its probability.
  private static final double TOLERANCE = 1e-5;
  private static final int SEQUENCES = 3;
  private static final int LENGTH = 5;
  private static final int ROWS = SEQUENCES * LENGTH;
  private static final int WIDTH = 8;

  private final Random random = new Random(3);
  private Buffers buffers;

  @BeforeEach
  void open() {
    Engine.enter(Execution.CPU);
    buffers = new Buffers(CPU);
  }

  @AfterEach
  void close() {
    buffers.close();
  }

  @Test
  void linear() {
    TensorLayout layout = TensorLayout.builder().add("l.weight", 8, 6).add("l.bias", 6).build();
    try (ParameterSpace space = space(layout)) {
      Linear layer = new Linear(space, "l");
      Tensor x = random(ROWS, 8);
      Tensor y = buffers.floats(ROWS, 6);
      Tensor dy = random(ROWS, 6);
      Tensor dx = buffers.floats(ROWS, 8);
      layer.forward(x, y);
      layer.backward(x.t(), dy, dx);
      Reference reference =
          new Reference(x, space.parameter("l.weight"), space.parameter("l.bias"));
      reference.run(in -> in[0].matmul(in[1]).add(in[2]), dy);
      reference.assertOutput(y);
      reference.assertGradients(dx, space.gradient("l.weight"), space.gradient("l.bias"));

      Tensor residual = random(ROWS, 6);
      layer.forward(residual, x, y);
      assertClose(y, reference.output.add(residual.to(ScalarType.Double)));
    }
  }

  @Test
  void layerNorm() {
    TensorLayout layout =
        TensorLayout.builder().add("n.weight", WIDTH).add("n.bias", WIDTH).build();
    try (ParameterSpace space = space(layout)) {
      LayerNorm layer = new LayerNorm(space, "n", 1e-5);
      Tensor x = random(ROWS, WIDTH);
      Tensor dy = random(ROWS, WIDTH);
      LayerNorm.Result result = layer.forward(x);
      Tensor dx = layer.backward(x, result, dy);
      Reference reference =
          new Reference(x, space.parameter("n.weight"), space.parameter("n.bias"));
      reference.run(
          in ->
              torch.layer_norm(
                  in[0],
                  new long[] {WIDTH},
                  new TensorOptional(in[1]),
                  new TensorOptional(in[2]),
                  1e-5,
                  false),
          dy);
      reference.assertOutput(result.y());
      reference.assertGradients(dx, space.gradient("n.weight"), space.gradient("n.bias"));
    }
  }

  @Test
  void gelu() {
    Gelu layer = new Gelu(buffers, ROWS, WIDTH);
    Tensor x = random(ROWS, WIDTH).mul_(new Scalar(4.0)); // into both tails
    Tensor input = x.clone();
    Tensor y = buffers.floats(ROWS, WIDTH);
    Tensor dy = random(ROWS, WIDTH);
    Tensor dx = dy.clone();
    layer.forward(x, y);
    layer.backward(x, dx);
    Reference reference = new Reference(input);
    reference.run(in -> torch.gelu(in[0], "tanh"), dy);
    reference.assertOutput(y);
    reference.assertGradients(dx);
  }

  @Test
  void geluIsFiniteFarFromZero() {
    Gelu layer = new Gelu(buffers, 1, 4);
    Tensor x = torch.tensor(new float[] {-1e4f, -30, 30, 1e4f}).view(1, 4);
    Tensor y = buffers.floats(1, 4);
    layer.forward(x, y);
    assertThat(y.equal(torch.tensor(new float[] {0, 0, 30, 1e4f}).view(1, 4))).isTrue();
    assertThat(x.equal(torch.tensor(new float[] {0, 0, 1, 1}).view(1, 4))).isTrue();
  }

  @Test
  void blockwiseAttention() {
    checkCausalAttention(BlockwiseAttention::new, null);
  }

  @Test
  void maskedAttention() {
    checkCausalAttention(LayerGradientTest::masked, null);
  }

  @Test
  void maskedAttentionWithinDocuments() {
    int[] documents = new int[ROWS];
    Arrays.setAll(documents, row -> row % LENGTH < 2 ? 0 : 1);
    checkCausalAttention(LayerGradientTest::masked, torch.tensor(documents));
  }

  private static CausalAttention masked(
      Buffers buffers, Tensor qkv, Tensor dqkv, long sequences, long length, long heads) {
    return new MaskedAttention(buffers, qkv, dqkv, sequences, length, heads, 0);
  }

  private interface CausalAttentionMaker {
    CausalAttention make(
        Buffers buffers, Tensor qkv, Tensor dqkv, long sequences, long length, long heads);
  }

  /**
   * @param documents (B * T), null if there is one
   */
  private void checkCausalAttention(CausalAttentionMaker maker, Tensor documents) {
    int heads = 2;
    Tensor qkv = random(ROWS, 3 * WIDTH);
    Tensor dqkv = buffers.floats(ROWS, 3 * WIDTH);
    Tensor dy = random(ROWS, WIDTH);
    CausalAttention layer = maker.make(buffers, qkv, dqkv, SEQUENCES, LENGTH, heads);
    Tensor numbers = documents == null ? null : documents.view(SEQUENCES, LENGTH);
    Tensor mask = numbers == null ? null : CausalAttention.mask(numbers, heads, ScalarType.Float);
    Tensor result = layer.forward(mask, Dropout.NONE);
    layer.backward(dy);
    Tensor future =
        torch
            .full(new long[] {LENGTH, LENGTH}, new Scalar(Double.NEGATIVE_INFINITY))
            .to(ScalarType.Double)
            .triu(1);
    Tensor hidden =
        numbers == null
            ? future
            : future.masked_fill(
                numbers.view(SEQUENCES, 1, 1, LENGTH).ne(numbers.view(SEQUENCES, 1, LENGTH, 1)),
                new Scalar(Double.NEGATIVE_INFINITY));
    Reference reference = new Reference(qkv);
    reference.run(
        in -> {
          Tensor parts =
              in[0].view(SEQUENCES, LENGTH, 3, heads, WIDTH / heads).permute(2, 0, 3, 1, 4);
          Tensor scores =
              parts
                  .select(0, 0)
                  .matmul(parts.select(0, 1).transpose(2, 3))
                  .mul(new Scalar(1 / Math.sqrt(WIDTH / (double) heads)))
                  .add(hidden);
          Tensor y = torch.softmax(scores, 3).matmul(parts.select(0, 2));
          return y.transpose(1, 2).reshape(ROWS, WIDTH);
        },
        dy);
    reference.assertOutput(result);
    reference.assertGradients(dqkv);
  }

  @Test
  void tiedHeadInOneChunkOfRows() {
    checkTiedHead(11, ROWS, 0);
    checkTiedHead(11, ROWS, 0.3);
  }

  /** A chunk holds 131,072 elements: here 4 rows, the last chunk fewer. */
  @Test
  void tiedHeadInSeveralChunksOfRows() {
    checkTiedHead(30_000, ROWS, 0);
    checkTiedHead(30_000, ROWS, 0.1);
  }

  private void checkTiedHead(int vocabulary, int rows, double smoothing) {
    TensorLayout layout = TensorLayout.builder().add("tokens", vocabulary, WIDTH).build();
    try (ParameterSpace space = space(layout)) {
      Tensor targets = buffers.longs(rows, 1);
      targets.copy_(torch.tensor(random.longs(rows, 0, vocabulary).toArray()).view(rows, 1));
      Tensor x = random(rows, WIDTH);
      Tensor dx = buffers.floats(rows, WIDTH);
      TiedHead head = new TiedHead(space, "tokens", buffers, targets);
      Tensor forwardOnly = head.logProbabilities(x).clone();
      Tensor both = head.gradient(x, null, rows, smoothing, dx).clone();
      assertThat(both.equal(forwardOnly)).isEqualTo(smoothing == 0);
      Reference reference = new Reference(x, space.parameter("tokens"));
      Tensor meanGradient = torch.full(new long[] {rows, 1}, new Scalar(-1.0 / rows));
      reference.run(
          in -> {
            Tensor all = torch.log_softmax(in[0].matmul(in[1].t()), 1);
            Tensor ofTargets = all.gather(1, targets).mul(new Scalar(1 - smoothing));
            return ofTargets.add(all.sum(1).view(rows, 1), new Scalar(smoothing / vocabulary));
          },
          meanGradient);
      reference.assertOutput(both);
      reference.assertGradients(dx, space.gradient("tokens"));
    }
  }

  @Test
  void embeddingAddsToWhatTheTiedHeadWroteAndClearsUnusedPositions() {
    TensorLayout layout =
        TensorLayout.builder().add("tokens", 7, WIDTH).add("positions", 9, WIDTH).build();
    try (ParameterSpace space = space(layout)) {
      Embedding layer = new Embedding(space, "tokens", "positions");
      Tensor ids = torch.tensor(random.longs(ROWS, 0, 7).toArray());
      Tensor x = buffers.floats(ROWS, WIDTH);
      Tensor dx = random(ROWS, WIDTH);
      Tensor before = random(7, WIDTH);
      space.gradient("tokens").copy_(before);
      space.gradient("positions").fill_(new Scalar(Double.NaN));
      layer.forward(ids, x, SEQUENCES, LENGTH);
      layer.backward(ids, dx, SEQUENCES, LENGTH);
      Reference reference = new Reference(space.parameter("tokens"), space.parameter("positions"));
      reference.run(
          in ->
              in[0]
                  .index_select(0, ids)
                  .view(SEQUENCES, LENGTH, WIDTH)
                  .add(in[1].narrow(0, 0, LENGTH))
                  .view(ROWS, WIDTH),
          dx);
      reference.assertOutput(x);
      reference.assertGradients(space.gradient("tokens").sub(before), space.gradient("positions"));
    }
  }

  /** A double-precision copy of the inputs, and what autograd makes of them. */
  private static final class Reference {
    private final Tensor[] inputs;
    private Tensor output;

    Reference(Tensor... inputs) {
      this.inputs =
          Arrays.stream(inputs)
              .map(input -> input.to(ScalarType.Double).clone().set_requires_grad(true))
              .toArray(Tensor[]::new);
    }

    void run(Function<Tensor[], Tensor> function, Tensor outputGradient) {
      try (AutoGradMode recording = new AutoGradMode(true)) {
        Tensor result = function.apply(inputs);
        result.mul(outputGradient.to(ScalarType.Double)).sum().backward();
        output = result.detach();
      }
    }

    void assertOutput(Tensor actual) {
      assertClose(actual, output);
    }

    void assertGradients(Tensor... actual) {
      for (int i = 0; i < actual.length; i++) {
        assertClose(actual[i], inputs[i].grad());
      }
    }
  }

  private static void assertClose(Tensor actual, Tensor expected) {
    double largest = expected.abs().max().item_double();
    double difference =
        actual.to(ScalarType.Double).view(-1).sub(expected.reshape(-1)).abs().max().item_double();
    assertThat(difference / largest).isLessThan(TOLERANCE);
  }

  private ParameterSpace space(TensorLayout layout) {
    ParameterSpace space = new ParameterSpace(layout, CPU);
    for (long i = 0; i < layout.elements(); i++) {
      space.parameters().set(i, (float) random.nextGaussian());
    }
    return space;
  }

  private Tensor random(int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return torch.tensor(values).view(rows, columns);
  }
}
