package io.headwater.driver.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.corpus.tokenize.PublishedVocabulary;
import io.headwater.corpus.tokenize.Tokenizer;
import io.headwater.corpus.tokenize.Tokenizers;
import io.headwater.model.Execution;
import io.headwater.model.Model;
import io.headwater.model.ModelFamily;
import io.headwater.model.head.ClassificationHead;
import io.headwater.model.head.EmbeddingHead;
import io.headwater.model.head.RegressionHead;
import io.headwater.model.head.SpanHead;
import io.headwater.model.head.TaskHead;
import io.headwater.model.head.TokenClassificationHead;
import io.headwater.model.t5.SpanTokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HuggingFaceExportTest {
  private static final String WORD_PIECES = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nrain\n##ing\n";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Heads by name; none is the pretrained model. */
  private static final Map<String, TaskHead> HEADS =
      Map.of(
          "classes", new ClassificationHead(List.of("no", "yes")),
          "value", new RegressionHead(),
          "tokens", new TokenClassificationHead(List.of("B-X", "I-X", "O")),
          "span", new SpanHead(),
          "vector", new EmbeddingHead(0.05));

  @TempDir private Path parent;

  @ParameterizedTest
  @CsvSource({
    "gpt-nano, none, GPT2LMHeadModel",
    "gpt-nano, classes, GPT2ForSequenceClassification",
    "gpt-nano, value, GPT2ForSequenceClassification",
    "gpt-nano, tokens, GPT2ForTokenClassification",
    "gpt-nano, span, GPT2ForQuestionAnswering",
    "gpt-nano, vector, GPT2Model",
    "bert-tiny, none, BertForPreTraining",
    "bert-tiny, classes, BertForSequenceClassification",
    "bert-tiny, value, BertForSequenceClassification",
    "bert-tiny, tokens, BertForTokenClassification",
    "bert-tiny, span, BertForQuestionAnswering",
    "bert-tiny, vector, BertModel",
    "t5-tiny, none, T5ForConditionalGeneration"
  })
  void whatIsImportedAgainIsTheSameToTheBit(String preset, String head, String architecture)
      throws IOException {
    Path original = checkpoint(preset, head);
    Path published = parent.resolve("published");
    Path again = parent.resolve("again");
    HuggingFaceExport done = HuggingFaceExport.run(original.toString(), published.toString());
    assertThat(done.architecture()).isEqualTo(architecture);
    assertThat(published.toFile().list())
        .containsExactlyInAnyOrder(
            "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json");
    HuggingFaceImport.run(published.toString(), again.toString(), 1);
    for (String file : List.of("model.safetensors", "config.json")) {
      assertThat(again.resolve(file)).hasSameBinaryContentAs(original.resolve(file));
    }
    if (!preset.startsWith("t5")) { // whose tokenizer has gained the model's special tokens
      assertThat(again.resolve("tokenizer.json"))
          .hasSameBinaryContentAs(original.resolve("tokenizer.json"));
    }
  }

  @Test
  void aGptIsGivenNoTokenTypesAndItsOwnEndOfText() throws IOException {
    JsonNode[] files = export("gpt-nano", "classes");
    assertThat(files[0].path("eos_token_id").asInt()).isEqualTo(256);
    assertThat(files[0].path("bos_token_id").asInt()).isEqualTo(256);
    assertThat(files[1].path("eos_token").asText()).isEqualTo("<|endoftext|>");
    assertThat(files[1].path("pad_token").asText()).isEqualTo("<|endoftext|>");
    assertThat(files[1].path("model_max_length").asInt()).isEqualTo(40);
    assertThat(files[1].path("model_input_names").toString())
        .isEqualTo("[\"input_ids\",\"attention_mask\"]");
    assertThat(files[1].path("tokenizer_class").asText()).isEqualTo("PreTrainedTokenizerFast");
  }

  @Test
  void aBertsSpecialTokensAreNamed() throws IOException {
    JsonNode[] files = export("bert-tiny", "none");
    assertThat(files[0].path("pad_token_id").asInt()).isZero();
    assertThat(files[1].path("cls_token").asText()).isEqualTo("[CLS]");
    assertThat(files[1].path("mask_token").asText()).isEqualTo("[MASK]");
    assertThat(files[1].path("model_max_length").asInt())
        .isEqualTo(files[0].path("max_position_embeddings").asInt());
  }

  @Test
  void aT5sTokenizerHasTheTokensThatOnlyTheModelKnew() throws IOException {
    JsonNode[] files = export("t5-tiny", "none");
    SpanTokens tokens = SpanTokens.of(files[0]);
    byte[] json = Files.readAllBytes(parent.resolve("published/tokenizer.json"));
    try (Tokenizer tokenizer = Tokenizer.parse(json);
        Tokenizer before = Tokenizers.bytes()) {
      assertThat(tokenizer.vocabularySize()).isEqualTo(files[0].path("vocab_size").asInt());
      assertThat(tokenizer.encode("a<extra_id_0>b<extra_id_99></s><pad>"))
          .containsExactly(
              'a',
              tokens.sentinel(0),
              'b',
              tokens.sentinel(99),
              tokens.endOfSequence(),
              tokens.padding());
      assertThat(tokenizer.encode("été")).isEqualTo(before.encode("été"));
    }
    JsonNode end = MAPPER.readTree(json).path("post_processor").path("single").path(1);
    assertThat(end.path("SpecialToken").path("id").asText()).isEqualTo("</s>");
  }

  @Test
  void refusesModelsThatTransformersDoesNotHave() {
    Path words = parent.resolve("words");
    TensorLayout layout = TensorLayout.builder().add("embedding", 2, 2).build();
    ObjectNode config = JsonNodeFactory.instance.objectNode().put("model_type", "x-words");
    try (FlatVector weights = FlatVector.allocate(4)) {
      Checkpoint.write(
          words.toString(),
          0,
          layout,
          weights,
          new CheckpointDescription(config, Optional.empty(), Optional.empty()));
    }
    Path output = parent.resolve("published");
    assertThatThrownBy(() -> HuggingFaceExport.run(words.toString(), output.toString()))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(
            "transformers has no model of type x-words (word vectors need a --format of theirs)");
    assertThat(Files.exists(output)).isFalse();
  }

  /** config.json and tokenizer_config.json. */
  private JsonNode[] export(String preset, String head) throws IOException {
    Path published = parent.resolve("published");
    HuggingFaceExport.run(checkpoint(preset, head).toString(), published.toString());
    return new JsonNode[] {
      MAPPER.readTree(published.resolve("config.json").toFile()),
      MAPPER.readTree(published.resolve("tokenizer_config.json").toFile())
    };
  }

  private Path checkpoint(String preset, String head) {
    Path folder = parent.resolve("original");
    byte[] tokenizer = tokenizer(preset);
    ModelFamily family = ModelFamily.ofPreset(preset);
    ObjectNode plain = family.config(preset, vocabularySize(tokenizer));
    boolean headed = HEADS.containsKey(head);
    try (Model model =
        headed
            ? family.headed(plain, HEADS.get(head), Execution.CPU)
            : family.pretrainable(plain, Execution.CPU)) {
      model.initialize(3);
      ObjectNode config = model.config();
      if (headed) {
        config.put("headwater_max_length", 40);
      }
      if (preset.startsWith("gpt") && headed) {
        config.put("pad_token_id", 256); // as a task model has it
      }
      Checkpoint.write(
          folder.toString(),
          0,
          model.layout(),
          model.parameters(),
          new CheckpointDescription(config, Optional.of(tokenizer), Optional.empty()));
    }
    return folder;
  }

  private static byte[] tokenizer(String preset) {
    if (preset.startsWith("bert")) {
      return PublishedVocabulary.wordPiece(
          WORD_PIECES.getBytes(StandardCharsets.UTF_8), JsonNodeFactory.instance.objectNode());
    }
    try (Tokenizer bytes = Tokenizers.bytes()) {
      return bytes.json();
    }
  }

  private static int vocabularySize(byte[] json) {
    try (Tokenizer tokenizer = Tokenizer.parse(json)) {
      return tokenizer.vocabularySize();
    }
  }
}
