package io.headwater.model.gpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.Execution;
import io.headwater.model.TextBatch;
import io.headwater.model.head.ClassificationHead;
import io.headwater.model.head.HeadCases;
import io.headwater.model.head.HeadedNetwork;
import io.headwater.model.head.ReferenceHead;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GptHeadsTest {
  private static final GptConfig TINY = new GptConfig(11, 8, 2, 2, 8, 1e-5);

  static Stream<HeadCases.Case> cases() {
    return HeadCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossOutputsAndEveryGradientAgreeWithDoublePrecision(HeadCases.Case asked) {
    try (HeadedNetwork network = GptTaskBody.network(TINY, asked.head(), Execution.CPU)) {
      HeadCases.enliven(network, 0.2);
      HeadCases.assertOutputs(
          network, reference(network.layout(), HeadCases.doubles(network.parameters())));
      HeadCases.assertAgrees(network, asked, parameters -> reference(network.layout(), parameters));
    }
  }

  @Test
  void paddingDoesNotChangeOutputs() {
    ClassificationHead head = new ClassificationHead(List.of("a", "b", "c"));
    try (HeadedNetwork network = GptTaskBody.network(TINY, head, Execution.CPU)) {
      HeadCases.enliven(network, 0.2);
      float[] padded = network.outputs(HeadCases.TEXTS);
      float[] alone = network.outputs(new TextBatch(1, 3, new int[] {7, 8, 9}, new int[] {3}));
      for (int i = 0; i < 3; i++) {
        assertThat(padded[3 + i]).isCloseTo(alone[i], within(1e-5f));
      }
    }
  }

  static ReferenceHead reference(TensorLayout layout, double[] parameters) {
    ReferenceGpt gpt = new ReferenceGpt(TINY, layout, parameters);
    TextBatch texts = HeadCases.TEXTS;
    List<double[][]> hidden = new ArrayList<>();
    for (int row = 0; row < texts.sequences(); row++) {
      int from = row * texts.length();
      hidden.add(gpt.hidden(Arrays.copyOfRange(texts.inputs(), from, from + texts.lengths()[row])));
    }
    return new ReferenceHead(
        layout,
        parameters,
        hidden,
        states -> states[states.length - 1],
        GptCheckpointMapping.SUMMARY_SCORER);
  }
}
