package io.headwater.corpus.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.UserException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is written here loads in the Hugging Face library, and gives the same ids there. */
class LibraryAgreementTest {
  private static void assertAgrees(Tokenizer own, Class<?> expected, List<String> texts) {
    byte[] json = own.json();
    try (Tokenizer library = LibraryTokenizer.parse(json);
        Tokenizer parsed = Tokenizer.parse(json)) {
      assertThat(parsed).isInstanceOf(expected);
      assertThat(parsed.json()).isEqualTo(json);
      assertThat(library.vocabularySize()).isEqualTo(own.vocabularySize());
      assertThat(library.endOfText()).isEqualTo(own.endOfText());
      for (String text : texts) {
        int[] ids = own.encode(text);
        assertThat(ids).as(text).isEqualTo(library.encode(text)).isEqualTo(parsed.encode(text));
        assertThat(own.encodeUtf8(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(ids);
        assertThat(own.decode(ids)).as(text).isEqualTo(library.decode(ids));
        if (own.endOfText().isEmpty() || !text.contains(EndOfText.CONTENT)) {
          assertThat(own.decode(ids)).isEqualTo(text);
        }
      }
    }
  }

  private static List<String> texts() {
    List<String> texts = new ArrayList<>(SampleTexts.AWKWARD);
    Random random = new Random(5);
    for (int i = 0; i < 300; i++) {
      texts.add(SampleTexts.random(random, random.nextInt(60)));
    }
    return texts;
  }

  private static Tokenizer trained(List<String> texts, int vocabularySize) {
    WordCounter counter = WordCounter.ofBytes(Integer.MAX_VALUE);
    texts.forEach(text -> counter.add(text.getBytes(StandardCharsets.UTF_8)));
    List<WordCounter.WordCount> counts = new ArrayList<>();
    counter.drain().forEachRemaining(counts::add);
    return Tokenizers.trainBpe(counts, vocabularySize);
  }

  @Test
  void bytesAgree() {
    assertAgrees(new ByteTokenizer(), ByteTokenizer.class, texts());
  }

  @Test
  void charactersAgreeWithAndWithoutAnEndOfText() {
    BitSet characters = new BitSet();
    texts().forEach(text -> text.codePoints().forEach(characters::set));
    assertAgrees(new CharTokenizer(characters, true), CharTokenizer.class, texts());
    assertAgrees(new CharTokenizer(characters, false), CharTokenizer.class, texts());
  }

  @Test
  void refusesCharactersOutsideTheVocabulary() {
    BitSet characters = new BitSet();
    "abc".chars().forEach(characters::set);
    Tokenizer tokenizer = new CharTokenizer(characters, false);
    assertThatThrownBy(() -> tokenizer.encode("abé"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("U+00E9")
        .hasMessageContaining("3 characters");
  }

  @Test
  void trainedBpeAgrees() {
    assertAgrees(trained(texts(), 700), BpeTokenizer.class, texts());
  }

  @Test
  void longRunsOfOneCharacterAgree() {
    List<String> texts = new ArrayList<>();
    for (int length = 1; length < 70; length++) {
      texts.add("\n" + " ".repeat(length) + "x" + "=".repeat(length) + "a".repeat(length));
    }
    assertAgrees(trained(texts, 330), BpeTokenizer.class, texts);
  }

  @Test
  void everyAssignedCodePointAgrees() {
    Tokenizer own = trained(texts(), 700);
    try (Tokenizer library = LibraryTokenizer.parse(own.json())) {
      StringBuilder text = new StringBuilder();
      for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
        int type = Character.getType(codePoint);
        if (type == Character.UNASSIGNED
            || type == Character.SURROGATE
            || type == Character.PRIVATE_USE) {
          continue;
        }
        text.append('a').appendCodePoint(codePoint).append("1 ").appendCodePoint(codePoint);
        if (text.length() > 500 || codePoint > 0xE0000) {
          String each = text.toString();
          assertThat(own.encode(each))
              .as("up to U+%04X", codePoint)
              .isEqualTo(library.encode(each));
          text.setLength(0);
        }
      }
    }
  }

  @Test
  void charactersNewerThanThisJavaAgree() {
    Tokenizer own = trained(texts(), 700);
    try (Tokenizer library = LibraryTokenizer.parse(own.json())) {
      String letters = "ab" + Character.toString(0x31350) + Character.toString(0x1DF25) + "c 1";
      assertThat(own.encode(letters)).isEqualTo(library.encode(letters));
    }
  }

  @Test
  void refusesWhatIsNoTokenizer() {
    for (String json : List.of("", "[1]", "{}", "{\"model\":{\"type\":\"Nonsense\"}}", "\0\1")) {
      assertThatThrownBy(() -> Tokenizer.parse(json.getBytes(StandardCharsets.UTF_8)))
          .as(json)
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("Cannot read tokenizer.json");
    }
  }
}
