package io.headwater.model.gpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.PublishedFolder;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.Execution;
import io.headwater.model.LanguageModel;
import io.headwater.model.ModelFamily;
import io.headwater.model.PublishedFiles;
import io.headwater.model.PublishedFiles.Stored;
import io.headwater.model.PublishedTable;
import io.headwater.model.PublishedWeights;
import io.headwater.model.TextBatch;
import io.headwater.model.head.ClassificationHead;
import io.headwater.model.head.HeadedNetwork;
import io.headwater.model.head.SpanHead;
import io.headwater.model.head.TaskHead;
import io.headwater.model.head.TokenClassificationHead;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders of GPT-2s, made by the table of docs/format/hugging-face.md. */
class PublishedGptTest {
  private static final GptConfig SIZES = new GptConfig(11, 8, 2, 2, 8, 1e-5);
  private static final TensorLayout TABLE =
      PublishedTable.of("GPT-2", 2, Map.of("V", 11, "P", 8, "D", 8), Set.of());
  private static final UnaryOperator<String> BARE = name -> name.replace("transformer.", "");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"F32", "F16", "BF16"})
  void logitsAreThoseOfAnIndependentForwardPassOverTheFile(String type) throws IOException {
    double[] values = PublishedFiles.values(TABLE, 5);
    List<Stored> stored = PublishedFiles.stored(TABLE, values, type, UnaryOperator.identity());
    stored.add(PublishedFiles.find(stored, "transformer.wte.weight").as("lm_head.weight"));
    PublishedFiles.write(folder, config("GPT2LMHeadModel"), stored);
    try (PublishedWeights weights = read()) {
      assertThat(weights.types()).containsExactly(type);
      assertThat(weights.ignored()).isEmpty();
      assertLogits(weights, values);
    }
  }

  @Test
  void readsABareBodyWithItsMasksInTwoFiles() throws IOException {
    double[] values = PublishedFiles.values(TABLE, 6);
    List<Stored> stored = PublishedFiles.stored(TABLE, values, "F32", BARE);
    for (int layer = 0; layer < 2; layer++) {
      String attention = "h." + layer + ".attn.";
      stored.add(new Stored(attention + "bias", List.of(1L, 1L, 8L, 8L), "F32", new double[64]));
      stored.add(new Stored(attention + "masked_bias", List.of(), "F32", new double[1]));
    }
    PublishedFiles.writeSharded(folder, config("GPT2Model"), stored);
    try (PublishedWeights weights = read()) {
      assertThat(weights.ignored())
          .containsExactlyInAnyOrder(
              "h.0.attn.bias", "h.1.attn.bias", "h.0.attn.masked_bias", "h.1.attn.masked_bias");
      assertThat(weights.config().path("architectures").path(0).asText())
          .isEqualTo("GPT2LMHeadModel");
      assertLogits(weights, values);
    }
  }

  @Test
  void takesTheOutputLayerForTheEmbeddingsWhereOnlyThatIsStored() throws IOException {
    double[] values = PublishedFiles.values(TABLE, 7);
    PublishedFiles.write(
        folder,
        config("GPT2LMHeadModel"),
        PublishedFiles.stored(
            TABLE, values, "F32", name -> name.replace("transformer.wte", "lm_head")));
    try (PublishedWeights weights = read()) {
      assertLogits(weights, values);
    }
  }

  @Test
  void readsAClassifierWithItsLabels() throws IOException {
    TensorLayout table =
        PublishedTable.of(
            "GPT-2", 2, Map.of("V", 11, "P", 8, "D", 8, "C", 3), Set.of("classifier"));
    double[] values = PublishedFiles.values(table, 8);
    ObjectNode config = config("GPT2ForSequenceClassification").put("pad_token_id", 10);
    config.putObject("id2label").put("0", "red").put("1", "green").put("2", "blue");
    PublishedFiles.write(
        folder, config, PublishedFiles.stored(table, values, "F32", UnaryOperator.identity()));
    TextBatch batch = new TextBatch(1, 3, new int[] {7, 8, 9}, new int[] {3});
    TaskHead head = new ClassificationHead(List.of("red", "green", "blue"));
    try (PublishedWeights weights = read();
        HeadedNetwork model =
            ModelFamily.of(weights.config()).headed(weights.config(), head, Execution.CPU)) {
      assertThat(weights.config().path("id2label").path("2").asText()).isEqualTo("blue");
      assertThat(weights.config().path("pad_token_id").asInt()).isEqualTo(10);
      model.parameters().copyFrom(weights.parameters());
      ReferenceGpt reference = new ReferenceGpt(SIZES, table, values);
      double[][] hidden = reference.hidden(new int[] {7, 8, 9});
      double[][] scores = reference.scores(new double[][] {hidden[2]}, "score.weight", 3);
      GptModelTest.assertCloseTo(model.outputs(batch), scores[0]);
    }
  }

  @Test
  void anIndependentForwardPassOverAnExportedFolderGivesOurLogits() throws IOException {
    try (GptModel model = new GptModel(SIZES, Execution.CPU)) {
      PublishedFiles.fill(model, 9);
      PublishedFiles.Read read = PublishedFiles.read(PublishedFiles.export(folder, model));
      assertThat(read.format()).isEqualTo("pt");
      assertThat(read.shapes()).isEqualTo(PublishedFiles.shapes(TABLE));
      int[] text = {3, 1, 4, 1, 5};
      GptModelTest.assertCloseTo(
          model.nextTokenLogits(text, new int[0]),
          new ReferenceGpt(SIZES, read.layout(), read.values()).logits(text)[4]);
    }
  }

  @Test
  void anIndependentForwardPassOverAnExportedClassifierGivesOurLogits() throws IOException {
    TextBatch batch = new TextBatch(1, 3, new int[] {7, 8, 9}, new int[] {3});
    TaskHead head = new ClassificationHead(List.of("red", "green"));
    try (HeadedNetwork model = GptTaskBody.network(SIZES, head, Execution.CPU)) {
      PublishedFiles.fill(model, 9);
      PublishedFiles.Read read = PublishedFiles.read(PublishedFiles.export(folder, model));
      ReferenceGpt reference = new ReferenceGpt(SIZES, read.layout(), read.values());
      double[][] hidden = reference.hidden(new int[] {7, 8, 9});
      GptModelTest.assertCloseTo(
          model.outputs(batch), reference.scores(new double[][] {hidden[2]}, "score.weight", 2)[0]);
    }
  }

  @ParameterizedTest
  @CsvSource({"GPT2ForTokenClassification, 3, tokens", "GPT2ForQuestionAnswering, 2, answers"})
  void readsAndWritesTheHeadsOfTasks(String architecture, int outputs, String rows)
      throws IOException {
    TensorLayout table =
        PublishedTable.of("GPT-2", 2, Map.of("V", 11, "P", 8, "D", 8, "C", outputs), Set.of(rows));
    PublishedFiles.write(
        folder,
        config(architecture),
        PublishedFiles.stored(
            table, PublishedFiles.values(table, 8), "F32", UnaryOperator.identity()));
    TaskHead head =
        rows.equals("tokens")
            ? new TokenClassificationHead(List.of("LABEL_0", "LABEL_1", "LABEL_2"))
            : new SpanHead();
    try (PublishedWeights weights = read();
        HeadedNetwork model =
            ModelFamily.of(weights.config()).headed(weights.config(), head, Execution.CPU)) {
      assertThat(weights.config()).isEqualTo(model.config());
      assertThat(model.layout()).isEqualTo(weights.layout());
      assertThat(PublishedFiles.shapes(model.layout())).isEqualTo(PublishedFiles.shapes(table));
    }
  }

  @Test
  void namesLabelsByTheRowsOfTheHeadWhereTheFolderNamesNone() throws IOException {
    TensorLayout table =
        PublishedTable.of(
            "GPT-2", 2, Map.of("V", 11, "P", 8, "D", 8, "C", 2), Set.of("classifier"));
    PublishedFiles.write(
        folder,
        config("GPT2ForSequenceClassification"),
        PublishedFiles.stored(
            table, PublishedFiles.values(table, 8), "F32", UnaryOperator.identity()));
    try (PublishedWeights weights = read()) {
      assertThat(weights.config().path("id2label").toString())
          .isEqualTo("{\"0\":\"LABEL_0\",\"1\":\"LABEL_1\"}");
    }
  }

  @Test
  void namesTheTensorThatIsUnknownMissingOrOfAnotherShape() throws IOException {
    List<Stored> sound = sound();
    List<Stored> more = new ArrayList<>(sound);
    more.add(new Stored("transformer.h.0.attn.c_attn.lora", List.of(2L), "F32", new double[2]));
    assertRefused(
        more,
        "tensor transformer.h.0.attn.c_attn.lora of shape [2] is none of the 28 that a"
            + " GPT2LMHeadModel of this config.json has");
    assertRefused(
        sound.subList(0, sound.size() - 1), "tensor transformer.ln_f.bias of shape [8] is missing");
    List<Stored> turned = new ArrayList<>(sound);
    turned.replaceAll(
        each -> each.name().endsWith("0.mlp.c_fc.weight") ? each.shaped(32, 8) : each);
    assertRefused(
        turned,
        "tensor transformer.h.0.mlp.c_fc.weight has shape [32, 8], config.json says [8, 32]");
  }

  @Test
  void refusesAnOutputLayerOfItsOwn() throws IOException {
    List<Stored> untied = sound();
    double[] other = PublishedFiles.find(untied, "transformer.wte.weight").values().clone();
    other[3] = 9;
    untied.add(new Stored("lm_head.weight", List.of(11L, 8L), "F32", other));
    PublishedFiles.write(folder, config("GPT2LMHeadModel"), untied);
    assertThatThrownBy(this::read)
        .isInstanceOf(UserException.class)
        .hasMessageContaining(
            "lm_head.weight is not that of transformer.wte.weight, to which it must be tied:"
                + " element 3 is 9.0");
  }

  @Test
  void refusesWhatWouldBeComputedOtherwise() throws IOException {
    PublishedFiles.write(
        folder, config("GPT2LMHeadModel").put("activation_function", "relu"), sound());
    assertMessage(this::read, "Cannot read a GPT with activation_function relu: must be gelu_new");
    PublishedFiles.write(folder, config("GPT2DoubleHeadsModel"), sound());
    assertMessage(
        this::read,
        "Cannot import a GPT2DoubleHeadsModel: it must be one of GPT2LMHeadModel, GPT2Model,"
            + " GPT2ForSequenceClassification, GPT2ForTokenClassification, GPT2ForQuestionAnswering");
  }

  private void assertRefused(List<Stored> stored, String message) throws IOException {
    PublishedFiles.write(folder, config("GPT2LMHeadModel"), stored);
    assertThatThrownBy(this::read).isInstanceOf(UserException.class).hasMessageEndingWith(message);
  }

  private static void assertMessage(ThrowingCallable reading, String message) {
    assertThatThrownBy(reading).isInstanceOf(UserException.class).hasMessage(message);
  }

  private static List<Stored> sound() {
    return PublishedFiles.stored(
        TABLE, PublishedFiles.values(TABLE, 5), "F32", UnaryOperator.identity());
  }

  private PublishedWeights read() {
    try (PublishedFolder published = PublishedFolder.open(folder.toString())) {
      return PublishedWeights.read(published, Map.of(), 1);
    }
  }

  private static void assertLogits(PublishedWeights weights, double[] values) {
    try (LanguageModel model =
        ModelFamily.of(weights.config()).languageModel(weights.config(), Execution.CPU)) {
      assertThat(model.layout()).isEqualTo(weights.layout());
      model.parameters().copyFrom(weights.parameters());
      int[] text = {3, 1, 4, 1, 5};
      ReferenceGpt reference = new ReferenceGpt(SIZES, TABLE, values);
      for (int length = 1; length <= text.length; length++) {
        int[] context = Arrays.copyOf(text, length);
        GptModelTest.assertCloseTo(
            model.nextTokenLogits(context, new int[0]), reference.logits(context)[length - 1]);
      }
    }
  }

  /** As published: keys that say nothing new are absent, others are there that we do not know. */
  private static ObjectNode config(String architecture) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.putArray("architectures").add(architecture);
    config.put("model_type", "gpt2").put("vocab_size", 11).put("n_positions", 8).put("n_ctx", 8);
    config.put("n_embd", 8).put("n_layer", 2).put("n_head", 2).putNull("n_inner");
    config.put("layer_norm_epsilon", 1e-5).put("resid_pdrop", 0.1).put("bos_token_id", 10);
    config.put("summary_type", "cls_index").put("transformers_version", "4.40.0");
    return config;
  }
}
