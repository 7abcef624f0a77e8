package io.headwater.corpus.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PublishedVocabularyTest {
  private static final Path FOLDER = Path.of(System.getProperty("headwater.data"), "tokenizers");
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final ObjectNode NO_SETTINGS = JsonNodeFactory.instance.objectNode();

  @Test
  void vocabTxtMakesBertsOwnTokenizer() throws IOException {
    Path bert = published("bert-base-uncased");
    byte[] json =
        PublishedVocabulary.wordPiece(Files.readAllBytes(bert.resolve("vocab.txt")), NO_SETTINGS);
    ObjectNode made = (ObjectNode) MAPPER.readTree(json);
    ObjectNode theirs = (ObjectNode) MAPPER.readTree(bert.resolve("tokenizer.json").toFile());
    assertThat(made.path("model").path("vocab")).isEqualTo(theirs.path("model").path("vocab"));
    assertThat(made.path("added_tokens")).isEqualTo(theirs.path("added_tokens"));
    assertThat(made.path("post_processor")).isEqualTo(theirs.path("post_processor"));
    assertSameIds(json, bert);
  }

  @Test
  void vocabJsonAndMergesMakeGpt2sOwnTokenizer() throws IOException {
    Path gpt2 = published("gpt2");
    assertSameIds(
        PublishedVocabulary.byteLevelBpe(
            Files.readAllBytes(gpt2.resolve("vocab.json")),
            Files.readAllBytes(gpt2.resolve("merges.txt"))),
        gpt2);
  }

  @Test
  void settingsSayWhatBecomesOfLetters() {
    byte[] vocabulary = utf8("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nÉ\ne\n中\n");
    ObjectNode cased = NO_SETTINGS.deepCopy().put("do_lower_case", false);
    try (Tokenizer lower = Tokenizer.parse(PublishedVocabulary.wordPiece(vocabulary, NO_SETTINGS));
        Tokenizer kept = Tokenizer.parse(PublishedVocabulary.wordPiece(vocabulary, cased))) {
      assertThat(lower.encode("É")).containsExactly(6);
      assertThat(kept.encode("É中")).containsExactly(5, 7);
    }
  }

  @Test
  void namesWhatIsWrongWithAFile() {
    assertThatThrownBy(
            () -> PublishedVocabulary.wordPiece(utf8("[PAD]\n[UNK]\n[SEP]\na"), NO_SETTINGS))
        .isInstanceOf(UserException.class)
        .hasMessage("Cannot read vocab.txt: it has no line [CLS]");
    assertThatThrownBy(() -> PublishedVocabulary.byteLevelBpe(utf8("{\"a\":0}"), utf8("a b")))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot read merges.txt: line 'a b' is not two tokens whose joined text is in"
                + " vocab.json");
  }

  @Test
  void specialTokensAreThoseThatTheFileCallsSpecial() {
    byte[] json =
        PublishedVocabulary.wordPiece(utf8("a\n[SEP]\n[PAD]\n[UNK]\n[CLS]\n[MASK]"), NO_SETTINGS);
    assertThat(PublishedVocabulary.specialTokens(json))
        .isEqualTo(Map.of("[SEP]", 1, "[PAD]", 2, "[UNK]", 3, "[CLS]", 4, "[MASK]", 5));
  }

  private static void assertSameIds(byte[] made, Path published) throws IOException {
    try (Tokenizer ours = Tokenizer.parse(made);
        Tokenizer theirs =
            Tokenizer.parse(Files.readAllBytes(published.resolve("tokenizer.json")))) {
      assertThat(ours.vocabularySize()).isEqualTo(theirs.vocabularySize());
      for (String line :
          Files.readAllLines(
              FOLDER.resolve("vectors/" + published.getFileName() + "_vectors.jsonl"))) {
        String text = MAPPER.readTree(line).path("text").asText();
        assertThat(ours.encode(text)).as(text).isEqualTo(theirs.encode(text));
      }
    }
  }

  private static Path published(String name) {
    assumeTrue(Files.isDirectory(FOLDER), "no data set " + FOLDER);
    return FOLDER.resolve(name);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
