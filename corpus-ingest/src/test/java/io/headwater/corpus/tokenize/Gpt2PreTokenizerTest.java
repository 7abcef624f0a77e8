package io.headwater.corpus.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class Gpt2PreTokenizerTest {
  private static final String SPACE = "\\p{IsWhite_Space}";
  private static final Pattern GPT2 =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^"
              + SPACE
              + "\\p{L}\\p{N}]+|"
              + SPACE
              + "+(?!\\P{IsWhite_Space})|"
              + SPACE
              + "+");

  private static List<String> words(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    Gpt2PreTokenizer words = new Gpt2PreTokenizer();
    words.reset(utf8, 0, utf8.length);
    List<String> found = new ArrayList<>();
    while (words.advance()) {
      int start = words.wordStart();
      found.add(new String(utf8, start, words.wordEnd() - start, StandardCharsets.UTF_8));
    }
    return found;
  }

  private static List<String> byExpression(String text) {
    Matcher matcher = GPT2.matcher(text);
    List<String> found = new ArrayList<>();
    while (matcher.find()) {
      found.add(matcher.group());
    }
    return found;
  }

  @Test
  void cutsAwkwardTextsAsTheExpressionDoes() {
    for (String text : SampleTexts.AWKWARD) {
      assertThat(words(text)).as(text).isEqualTo(byExpression(text));
    }
  }

  @Test
  void cutsRandomTextsAsTheExpressionDoes() {
    Random random = new Random(7);
    for (int i = 0; i < 3000; i++) {
      String text = SampleTexts.random(random, random.nextInt(40));
      assertThat(words(text)).as(text).isEqualTo(byExpression(text));
    }
  }

  @Test
  void seesCharactersThatThisJavaDoesNotKnow() {
    assertThat(Gpt2PreTokenizer.hasUnknown("aé中😀".getBytes(StandardCharsets.UTF_8))).isFalse();
    assertThat(Gpt2PreTokenizer.hasUnknown("a\u0378b".getBytes(StandardCharsets.UTF_8))).isTrue();
    byte[] astral = Character.toString(0x2FFFD).getBytes(StandardCharsets.UTF_8);
    assertThat(Gpt2PreTokenizer.hasUnknown(astral)).isTrue();
  }
}
