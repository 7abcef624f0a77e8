package io.headwater.model.bert;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.Execution;
import io.headwater.model.Objective;
import io.headwater.model.TextBatch;
import io.headwater.model.head.ClassificationHead;
import io.headwater.model.head.HeadCases;
import io.headwater.model.head.HeadedNetwork;
import io.headwater.model.head.ReferenceHead;
import io.headwater.model.head.TokenClassificationHead;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BertHeadsTest {
  static Stream<HeadCases.Case> cases() {
    return HeadCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossOutputsAndEveryGradientAgreeWithDoublePrecision(HeadCases.Case asked) {
    BertConfig sizes = sizes(0, Objective.MASKED_LM_NSP);
    try (HeadedNetwork network = BertTaskBody.network(sizes, asked.head(), Execution.CPU)) {
      HeadCases.enliven(network, 0.3);
      HeadCases.assertOutputs(
          network, reference(sizes, network.layout(), HeadCases.doubles(network.parameters())));
      HeadCases.assertAgrees(
          network, asked, parameters -> reference(sizes, network.layout(), parameters));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void dropoutIsAFunctionOfTheBatchsSeed(HeadCases.Case asked) {
    BertConfig sizes = sizes(0.3, Objective.MASKED_LM_NSP);
    try (HeadedNetwork network = BertTaskBody.network(sizes, asked.head(), Execution.CPU)) {
      HeadCases.enliven(network, 0.3);
      double loss = network.gradient(asked.batch());
      double[] gradient = HeadCases.doubles(network.gradients());
      network.gradients().fill(Float.NaN);
      assertThat(network.gradient(asked.batch())).isEqualTo(loss);
      assertThat(HeadCases.doubles(network.gradients())).isEqualTo(gradient);
    }
  }

  @Test
  void aPoolerIsNewWhereNothingHasTrainedIt() {
    ClassificationHead head = new ClassificationHead(List.of("a", "b"));
    try (HeadedNetwork paired =
            BertTaskBody.network(sizes(0, Objective.MASKED_LM_NSP), head, Execution.CPU);
        HeadedNetwork alone =
            BertTaskBody.network(sizes(0, Objective.MASKED_LM), head, Execution.CPU)) {
      assertThat(newTensors(paired)).containsExactly("classifier.weight", "classifier.bias");
      assertThat(newTensors(alone))
          .containsExactly(
              "bert.pooler.dense.weight",
              "bert.pooler.dense.bias",
              "classifier.weight",
              "classifier.bias");
    }
  }

  @Test
  void linearLayersAreThoseOfTheBlocks() {
    TokenClassificationHead head = new TokenClassificationHead(List.of("O", "B-X"));
    try (HeadedNetwork network =
        BertTaskBody.network(sizes(0, Objective.MASKED_LM), head, Execution.CPU)) {
      assertThat(network.linearLayers().names())
          .hasSize(12)
          .contains("bert.encoder.layer.1.attention.self.query")
          .noneMatch(name -> name.contains("embeddings") || name.contains("classifier"));
    }
  }

  private static List<String> newTensors(HeadedNetwork network) {
    return network.layout().entries().stream()
        .map(TensorLayout.Entry::name)
        .filter(network::isNew)
        .toList();
  }

  static ReferenceHead reference(BertConfig sizes, TensorLayout layout, double[] parameters) {
    ReferenceBert bert = new ReferenceBert(sizes, layout, parameters);
    TextBatch texts = HeadCases.TEXTS;
    List<double[][]> hidden = new ArrayList<>();
    for (int row = 0; row < texts.sequences(); row++) {
      int from = row * texts.length();
      int to = from + texts.lengths()[row];
      hidden.add(
          bert.hidden(
              Arrays.copyOfRange(texts.inputs(), from, to),
              Arrays.copyOfRange(texts.segments(), from, to)));
    }
    return new ReferenceHead(
        layout, parameters, hidden, bert::pooled, BertCheckpointMapping.SUMMARY_SCORER);
  }

  private static BertConfig sizes(double dropout, Objective objective) {
    return new BertConfig(11, 8, 2, 2, 8, 12, dropout, dropout, 1e-5, objective);
  }
}
