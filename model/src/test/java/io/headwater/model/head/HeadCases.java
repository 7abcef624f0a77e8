package io.headwater.model.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.LabelledBatch;
import io.headwater.model.Target;
import io.headwater.model.TextBatch;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;

/** Every head with something that can be asked of it, for networks of a vocabulary of 11. */
public final class HeadCases {
  private static final double DIFFERENCE = 1e-5;

  /** Four sequences of 6, 3, 5 and 4 tokens. */
  public static final TextBatch TEXTS =
      new TextBatch(
          4,
          6,
          new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0, 2, 4, 6, 8, 10, 0, 3, 6, 9, 2, 0, 0},
          new int[] {0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0},
          new int[] {6, 3, 5, 4},
          5);

  private HeadCases() {}

  /** A head and a target. */
  public record Case(TaskHead head, Target target) {
    public LabelledBatch batch() {
      return new LabelledBatch(TEXTS, target);
    }

    @Override
    public String toString() {
      return head + " " + target.getClass().getSimpleName();
    }
  }

  public static Stream<Case> all() {
    int n = -1; // not asked
    int[] tags = {n, 2, 0, n, 1, 1, 0, 2, n, n, n, n, n, n, 1, 1, 2, n, 0, 0, n, n, n, n};
    float[] weights = new float[tags.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = 0.5f + i % 3;
    }
    List<String> labels = List.of("a", "b", "c");
    return Stream.of(
        new Case(new ClassificationHead(labels), Target.Classes.of(2, 0, 1, 1)),
        new Case(
            new ClassificationHead(labels),
            new Target.Classes(new int[] {2, 0, 1, 1}, new float[] {0.5f, 2, 1, 3})),
        new Case(new RegressionHead(), new Target.Values(0.5f, -1, 2, 0.25f)),
        new Case(new TokenClassificationHead(labels), Target.Classes.of(tags)),
        new Case(new TokenClassificationHead(labels), new Target.Classes(tags, weights)),
        new Case(new SpanHead(), new Target.Spans(new int[] {2, 0, 4, 1}, new int[] {5, 0, 4, 3})),
        new Case(new EmbeddingHead(0.5), new Target.Pairs()));
  }

  /**
   * Loss, and the gradients of all parameters of the head and of every seventh one below it, whose
   * own gradients the pretrained models' tests look at.
   *
   * @param reference of a vector of parameters
   */
  public static void assertAgrees(
      HeadedNetwork network, Case asked, Function<double[], ReferenceHead> reference) {
    LabelledBatch batch = asked.batch();
    double loss = network.gradient(batch);
    double[] gradients = doubles(network.gradients());
    double[] parameters = doubles(network.parameters());
    assertThat(loss).isCloseTo(reference.apply(parameters).loss(asked.head(), batch), within(1e-5));
    for (TensorLayout.Entry tensor : network.layout().entries()) {
      int step = network.isNew(tensor.name()) ? 1 : 7;
      for (int i = (int) tensor.offset(); i < tensor.end(); i += step) {
        double kept = parameters[i];
        parameters[i] = kept + DIFFERENCE;
        double above = reference.apply(parameters).loss(asked.head(), batch);
        parameters[i] = kept - DIFFERENCE;
        double below = reference.apply(parameters).loss(asked.head(), batch);
        parameters[i] = kept;
        assertThat(gradients[i])
            .as("%s[%d]", tensor.name(), i - tensor.offset())
            .isCloseTo((above - below) / (2 * DIFFERENCE), within(1e-4));
      }
    }
  }

  /** Outputs, in the order of the rows that the head reads. */
  public static void assertOutputs(HeadedNetwork network, ReferenceHead reference) {
    TaskHead head = network.head();
    float[] outputs = network.outputs(TEXTS);
    if (head.readsSummary()) {
      assertRows(outputs, reference.summaries(head));
    } else if (head.outputs() == 0) {
      assertRows(outputs, reference.means());
    } else {
      int width = head.outputs();
      for (int row = 0; row < TEXTS.sequences(); row++) {
        double[][] scores = reference.tokenScores(head, row);
        for (int t = 0; t < scores.length; t++) {
          for (int i = 0; i < width; i++) {
            assertThat((double) outputs[(row * TEXTS.length() + t) * width + i])
                .isCloseTo(scores[t][i], within(1e-4));
          }
        }
      }
    }
  }

  private static void assertRows(float[] outputs, double[][] rows) {
    int width = rows[0].length;
    assertThat(outputs).hasSize(rows.length * width);
    for (int i = 0; i < outputs.length; i++) {
      assertThat((double) outputs[i]).isCloseTo(rows[i / width][i % width], within(1e-4));
    }
  }

  /** Weights far from their small initial values, so that nothing is nearly linear. */
  public static void enliven(HeadedNetwork network, double deviation) {
    network.initialize(3);
    Random random = new Random(4);
    for (long i = 0; i < network.layout().elements(); i++) {
      float value = network.parameters().get(i);
      network.parameters().set(i, value + (float) (deviation * random.nextGaussian()));
    }
  }

  public static double[] doubles(FlatVector vector) {
    double[] values = new double[(int) vector.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = vector.get(i);
    }
    return values;
  }
}
