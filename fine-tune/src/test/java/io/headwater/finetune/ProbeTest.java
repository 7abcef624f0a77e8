package io.headwater.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.Execution;
import io.headwater.model.ModelFamily;
import io.headwater.model.head.ClassificationHead;
import io.headwater.model.head.HeadedNetwork;
import io.headwater.model.head.RegressionHead;
import io.headwater.model.head.TaskHead;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeTest {
  private static final int WIDTH = 6;

  /** A GPT's head has no bias, a BERT's has one. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt", "bert"})
  void separatesFeaturesOfVeryDifferentScale(String family) {
    SplittableRandom random = new SplittableRandom(3);
    int count = 300;
    float[][] features = new float[count][WIDTH];
    int[] truth = new int[count];
    for (int i = 0; i < count; i++) {
      truth[i] = random.nextInt(3);
      for (int j = 0; j < WIDTH; j++) {
        double signal = j % 3 == truth[i] ? 2 : 0;
        features[i][j] = (float) ((signal + random.nextDouble()) * Math.pow(10, j - 3));
      }
    }
    try (HeadedNetwork network = network(family, new ClassificationHead(List.of("a", "b", "c")))) {
      Trained trained =
          Probe.train(
              ProbeExamples.ofClasses(network, features, truth),
              FineTuneSettings.defaults(Method.PROBE),
              FineTuneProgress.NONE);
      assertThat(trained.parameters()).isEqualTo(family.equals("gpt") ? 18 : 21);
      assertThat(trained.steps()).isEqualTo(500);
      assertThat(trained.epochs()).hasSize(100);
      assertThat(trained.epochs().get(99).loss()).isLessThan(trained.epochs().get(0).loss());
      int right = 0;
      for (int i = 0; i < count; i++) {
        double[] scores = outputs(network, features[i]);
        int best = scores[1] > scores[0] ? 1 : 0;
        right += (scores[2] > scores[best] ? 2 : best) == truth[i] ? 1 : 0;
      }
      assertThat(right).isGreaterThan(295);
    }
  }

  @Test
  void findsALinearFunctionOfTheFeatures() {
    SplittableRandom random = new SplittableRandom(5);
    float[][] features = new float[400][WIDTH];
    float[][] values = new float[400][1];
    for (int i = 0; i < features.length; i++) {
      for (int j = 0; j < WIDTH; j++) {
        features[i][j] = (float) (random.nextDouble() - 0.5);
        values[i][0] += (j - 2) * features[i][j];
      }
      values[i][0] += 3;
    }
    try (HeadedNetwork network = network("bert", new RegressionHead())) {
      Probe.train(
          new ProbeExamples(network, features, values, false),
          FineTuneSettings.defaults(Method.PROBE).withLearningRate(0.05f),
          FineTuneProgress.NONE);
      for (int i = 0; i < 20; i++) {
        assertThat(Math.abs(outputs(network, features[i])[0] - values[i][0])).isLessThan(0.05);
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameHead() {
    float[][] features = {
      {1, 2, 0, 0, 0, 1}, {2, 1, 0, 0, 0, 1}, {0, 3, 0, 0, 0, 1}, {3, 0, 0, 0, 0, 1}
    };
    int[] truth = {0, 1, 0, 1};
    FineTuneSettings settings = FineTuneSettings.defaults(Method.PROBE).withEpochs(5).withSeed(7);
    TaskHead head = new ClassificationHead(List.of("a", "b"));
    try (HeadedNetwork first = network("gpt", head);
        HeadedNetwork second = network("gpt", head)) {
      for (HeadedNetwork each : List.of(first, second)) {
        ProbeExamples examples = ProbeExamples.ofClasses(each, features, truth);
        Probe.train(examples, settings, FineTuneProgress.NONE);
      }
      assertThat(outputs(first, features[0])).isEqualTo(outputs(second, features[0]));
    }
  }

  /** As the Hugging Face model computes them from the head's tensors. */
  private static double[] outputs(HeadedNetwork network, float[] features) {
    String weight = network.scorer().orElseThrow().weight();
    String bias = network.scorer().orElseThrow().bias();
    double[] outputs = new double[network.head().outputs()];
    for (int o = 0; o < outputs.length; o++) {
      if (network.layout().contains(bias)) {
        outputs[o] = network.parameters().get(network.layout().entry(bias).offset() + o);
      }
      for (int i = 0; i < WIDTH; i++) {
        long place = network.layout().entry(weight).offset() + (long) o * WIDTH + i;
        outputs[o] += features[i] * network.parameters().get(place);
      }
    }
    return outputs;
  }

  private static HeadedNetwork network(String name, TaskHead head) {
    ModelFamily family =
        ModelFamily.ALL.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    ObjectNode config = family.config(family.presets().get(0), 20);
    config.put("n_head", 2).put("n_embd", WIDTH).put("n_inner", 4 * WIDTH);
    config.put("num_attention_heads", 2).put("hidden_size", WIDTH);
    return family.headed(config, head, Execution.CPU);
  }
}
