package io.headwater.model.bert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.PublishedFolder;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.Execution;
import io.headwater.model.MaskedBatch;
import io.headwater.model.Measure;
import io.headwater.model.ModelFamily;
import io.headwater.model.Objective;
import io.headwater.model.Pretrainable;
import io.headwater.model.PublishedFiles;
import io.headwater.model.PublishedFiles.Stored;
import io.headwater.model.PublishedTable;
import io.headwater.model.PublishedWeights;
import io.headwater.model.TextBatch;
import io.headwater.model.head.ClassificationHead;
import io.headwater.model.head.HeadedNetwork;
import io.headwater.model.head.RegressionHead;
import io.headwater.model.head.SpanHead;
import io.headwater.model.head.TaskHead;
import io.headwater.model.head.TokenClassificationHead;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders of BERTs, made by the table of docs/format/hugging-face.md. */
class PublishedBertTest {
  private static final Map<String, Integer> LETTERS =
      Map.of("V", 13, "P", 8, "D", 8, "F", 12, "C", 3);
  private static final TensorLayout BOTH_HEADS =
      PublishedTable.of("BERT", 2, LETTERS, Set.of("masked tokens", "next sentence"));
  private static final int[] TOKENS = {2, 7, 9, 3, 11, 3};
  private static final int[] SEGMENTS = {0, 0, 0, 0, 1, 1};

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"BertForPreTraining", "BertForMaskedLM"}) // the second as widely used
  void everyTokensScoreIsThatOfAnIndependentForwardPassOverTheFile(String architecture)
      throws IOException {
    double[] values = PublishedFiles.values(BOTH_HEADS, 5);
    List<Stored> stored =
        PublishedFiles.stored(
            BOTH_HEADS,
            values,
            "F32",
            name ->
                name.replace("LayerNorm.weight", "LayerNorm.gamma")
                    .replace("LayerNorm.bias", "LayerNorm.beta"));
    stored.add(
        PublishedFiles.find(stored, "bert.embeddings.word_embeddings.weight")
            .as("cls.predictions.decoder.weight"));
    stored.add(
        PublishedFiles.find(stored, "cls.predictions.bias").as("cls.predictions.decoder.bias"));
    stored.add(new Stored("bert.embeddings.position_ids", List.of(1L, 8L), "F32", new double[8]));
    PublishedFiles.write(folder, config(architecture), stored);
    try (PublishedWeights weights = read()) {
      assertThat(weights.ignored()).containsExactly("bert.embeddings.position_ids");
      assertThat(weights.drawn()).isEmpty();
      assertLosses(weights, BOTH_HEADS, values, Objective.MASKED_LM_NSP);
    }
  }

  @Test
  void readsAMaskedLanguageModelWithoutAPooler() throws IOException {
    TensorLayout table = PublishedTable.of("BERT", 2, LETTERS, Set.of("masked tokens"));
    double[] values = PublishedFiles.values(table, 6);
    PublishedFiles.writeSharded(
        folder,
        config("BertForMaskedLM"),
        PublishedFiles.stored(table, values, "BF16", UnaryOperator.identity()));
    try (PublishedWeights weights = read()) {
      assertLosses(weights, table, values, Objective.MASKED_LM);
    }
  }

  @Test
  void drawsTheHeadsThatABareBodyLacksAndNamesThem() throws IOException {
    double[] values = PublishedFiles.values(BOTH_HEADS, 7);
    List<Stored> stored =
        PublishedFiles.stored(BOTH_HEADS, values, "F32", name -> name.replaceFirst("^bert\\.", ""));
    stored.removeIf(each -> each.name().startsWith("cls."));
    PublishedFiles.write(folder, config("BertModel"), stored);
    try (PublishedWeights weights = read()) {
      assertThat(weights.drawn())
          .hasSize(7)
          .allMatch(name -> name.startsWith("cls."))
          .contains("cls.seq_relationship.weight");
      for (TensorLayout.Entry entry : BOTH_HEADS.entries()) {
        long place = weights.layout().entry(entry.name()).offset();
        if (entry.name().startsWith("bert.")) {
          assertThat((double) weights.parameters().get(place))
              .isEqualTo(values[(int) entry.offset()]);
        } else if (entry.name().endsWith("LayerNorm.weight")) {
          assertThat(weights.parameters().get(place)).isOne();
        }
      }
    }
  }

  @Test
  void missingBodyIsAnError() throws IOException {
    List<Stored> stored =
        PublishedFiles.stored(
            BOTH_HEADS, PublishedFiles.values(BOTH_HEADS, 7), "F32", UnaryOperator.identity());
    stored.removeIf(each -> each.name().endsWith("1.attention.self.key.weight"));
    PublishedFiles.write(folder, config("BertForPreTraining"), stored);
    assertThatThrownBy(this::read)
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(
            "tensor bert.encoder.layer.1.attention.self.key.weight of shape [8, 8] is missing");
  }

  @Test
  void readsAClassifier() throws IOException {
    TensorLayout table = PublishedTable.of("BERT", 2, LETTERS, Set.of("classifier"));
    double[] values = PublishedFiles.values(table, 8);
    PublishedFiles.write(
        folder,
        config("BertForSequenceClassification"),
        PublishedFiles.stored(table, values, "F16", UnaryOperator.identity()));
    TaskHead head = new ClassificationHead(List.of("LABEL_0", "LABEL_1", "LABEL_2"));
    try (PublishedWeights weights = read();
        HeadedNetwork model =
            ModelFamily.of(weights.config()).headed(weights.config(), head, Execution.CPU)) {
      assertThat(weights.config().path("id2label").size()).isEqualTo(3);
      assertThat(model.layout()).isEqualTo(weights.layout());
      model.parameters().copyFrom(weights.parameters());
      assertLogits(model, table, values);
    }
  }

  @Test
  void anIndependentForwardPassOverAnExportedFolderGivesOurScores() throws IOException {
    try (BertModel model = new BertModel(sizes(Objective.MASKED_LM_NSP), Execution.CPU)) {
      PublishedFiles.fill(model, 9);
      PublishedFiles.Read read = PublishedFiles.read(PublishedFiles.export(folder, model));
      assertThat(read.format()).isEqualTo("pt");
      assertThat(read.shapes()).isEqualTo(PublishedFiles.shapes(BOTH_HEADS));
      assertLosses(model, read.layout(), read.values(), Objective.MASKED_LM_NSP);
    }
  }

  @Test
  void anIndependentForwardPassOverAnExportedClassifierGivesOurLogits() throws IOException {
    BertConfig sizes = sizes(Objective.MASKED_LM_NSP);
    TaskHead head = new ClassificationHead(List.of("a", "b", "c"));
    try (HeadedNetwork model = BertTaskBody.network(sizes, head, Execution.CPU)) {
      PublishedFiles.fill(model, 9);
      PublishedFiles.Read read = PublishedFiles.read(PublishedFiles.export(folder, model));
      assertThat(read.shapes())
          .isEqualTo(
              PublishedFiles.shapes(PublishedTable.of("BERT", 2, LETTERS, Set.of("classifier"))));
      assertLogits(model, read.layout(), read.values());
    }
  }

  /** Written here, read by what import does, and written again: the table's names and shapes. */
  @ParameterizedTest
  @CsvSource({
    "BertForSequenceClassification, 1, classifier",
    "BertForTokenClassification, 3, tokens",
    "BertForQuestionAnswering, 2, answers"
  })
  void readsAndWritesTheHeadsOfTasks(String architecture, int outputs, String rows)
      throws IOException {
    Map<String, Integer> letters = new HashMap<>(LETTERS);
    letters.put("C", outputs);
    TensorLayout table = PublishedTable.of("BERT", 2, letters, Set.of(rows));
    PublishedFiles.write(
        folder,
        config(architecture),
        PublishedFiles.stored(
            table, PublishedFiles.values(table, 8), "F32", UnaryOperator.identity()));
    TaskHead head =
        switch (rows) {
          case "classifier" -> new RegressionHead();
          case "tokens" -> new TokenClassificationHead(List.of("LABEL_0", "LABEL_1", "LABEL_2"));
          default -> new SpanHead();
        };
    try (PublishedWeights weights = read();
        HeadedNetwork model =
            ModelFamily.of(weights.config()).headed(weights.config(), head, Execution.CPU)) {
      assertThat(weights.config().path("architectures").path(0).asText()).isEqualTo(architecture);
      assertThat(weights.config()).isEqualTo(model.config());
      assertThat(model.layout()).isEqualTo(weights.layout());
      assertThat(PublishedFiles.shapes(model.layout())).isEqualTo(PublishedFiles.shapes(table));
    }
  }

  private static void assertLogits(HeadedNetwork model, TensorLayout layout, double[] values) {
    TextBatch batch = new TextBatch(1, 6, TOKENS, SEGMENTS, new int[] {6}, 1);
    ReferenceBert reference = new ReferenceBert(sizes(Objective.MASKED_LM_NSP), layout, values);
    double[] scores =
        reference.linear(reference.pooled(reference.hidden(TOKENS, SEGMENTS)), "classifier", 3);
    float[] logits = model.outputs(batch);
    for (int label = 0; label < 3; label++) {
      assertThat((double) logits[label]).isCloseTo(scores[label], within(1e-4));
    }
  }

  private PublishedWeights read() {
    try (PublishedFolder published = PublishedFolder.open(folder.toString())) {
      return PublishedWeights.read(published, Map.of(), 1);
    }
  }

  /** The cross-entropy for each token in turn is its log-probability, at every place. */
  private static void assertLosses(
      PublishedWeights weights, TensorLayout table, double[] values, Objective objective) {
    ModelFamily family = ModelFamily.of(weights.config());
    assertThat(family.objective(weights.config())).isEqualTo(objective);
    try (Pretrainable model = family.pretrainable(weights.config(), Execution.CPU)) {
      assertThat(model.layout()).isEqualTo(weights.layout());
      model.parameters().copyFrom(weights.parameters());
      assertLosses(model, table, values, objective);
    }
  }

  private static void assertLosses(
      Pretrainable model, TensorLayout table, double[] values, Objective objective) {
    ReferenceBert reference = new ReferenceBert(sizes(objective), table, values);
    for (int token = 0; token < 13; token++) {
      MaskedBatch batch = batch(token % 6, token, objective);
      double loss =
          model.measure(batch).stream()
              .filter(measure -> measure.name().endsWith("loss"))
              .mapToDouble(Measure::mean)
              .sum();
      assertThat(loss).isCloseTo(reference.loss(batch), within(1e-4));
    }
  }

  private static MaskedBatch batch(int place, int token, Objective objective) {
    int[] next = objective.nextSentence() ? new int[] {token % 2} : new int[0];
    return new MaskedBatch(
        1, 6, TOKENS, SEGMENTS, new int[] {6}, new int[] {place}, new int[] {token}, next, 1);
  }

  private static BertConfig sizes(Objective objective) {
    return new BertConfig(13, 8, 2, 2, 8, 12, 0.1, 0.1, 1e-12, objective);
  }

  private static ObjectNode config(String architecture) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.putArray("architectures").add(architecture);
    config.put("model_type", "bert").put("vocab_size", 13).put("max_position_embeddings", 8);
    config.put("hidden_size", 8).put("num_hidden_layers", 2).put("num_attention_heads", 2);
    config.put("intermediate_size", 12).put("hidden_act", "gelu").put("pad_token_id", 0);
    config.put("layer_norm_eps", 1e-12).put("type_vocab_size", 2).putNull("classifier_dropout");
    return config;
  }
}
