package io.headwater.finetune.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class WritingScoresTest {
  /** The example of sacreBLEU's documentation and tests, with the score recorded there. */
  @Test
  void bleuIsThatOfSacreBleu() {
    List<String> written =
        List.of("The dog bit the man.", "It wasn't surprising.", "The man had just bitten him.");
    List<List<String>> references =
        List.of(
            List.of("The dog bit the man.", "The dog had bit the man."),
            List.of("It was not unexpected.", "No one was surprised."),
            List.of("The man bit him first.", "The man had bitten the dog."));
    assertThat(Bleu.of(written, references)).isCloseTo(48.530827, within(1e-6));
  }

  /** 4 of 5 words, 3 of 4 pairs, 2 of 3 triples, 1 of 2 quadruples; 5 words for 6. */
  @Test
  void bleuOfOneSentenceByHand() {
    double expected =
        100 * Math.exp(1 - 6 / 5.0) * Math.pow(4 / 5.0 * 3 / 4.0 * 2 / 3.0 * 1 / 2.0, 0.25);
    assertThat(bleu("the cat sat down x", "the cat sat down on it"))
        .isCloseTo(expected, within(1e-9));
  }

  /** No triple and no quadruple is shared: they count as a half and a quarter of a match. */
  @Test
  void bleuOfOrdersWithoutAMatchByHand() {
    double expected = 100 * Math.pow(3 / 4.0 * 1 / 3.0 * 0.5 / 2 * 0.25 / 1, 0.25);
    assertThat(bleu("a b x c", "a b c d")).isCloseTo(expected, within(1e-9));
  }

  @Test
  void bleuIsOfTheWholeCorpusAndNotTheMeanOfItsSentences() {
    List<String> written = List.of("a b c d e", "f g");
    List<List<String>> references = List.of(List.of("a b c d e"), List.of("f h"));
    // 6 of 7 words, 4 of 5 pairs, all 3 triples and 2 quadruples.
    double expected = 100 * Math.pow(6 / 7.0 * 4 / 5.0, 0.25);
    assertThat(Bleu.of(written, references)).isCloseTo(expected, within(1e-9));
  }

  @Test
  void bleuIsZeroWithoutASharedWordAndAHundredForTheSameText() {
    assertThat(bleu("a b c d", "e f g h")).isZero();
    assertThat(bleu("", "e f g h")).isZero();
    assertThat(bleu("ein Hund läuft .", "ein Hund läuft .")).isCloseTo(100, within(1e-9));
  }

  @Test
  void tokensAreThoseOf13a() {
    assertThat(BleuTokenizer.tokens("Hello, world! It's 3,000.50 (5-3) &quot;x&quot; a-b."))
        .containsExactly(
            "Hello",
            ",",
            "world",
            "!",
            "It's",
            "3,000.50",
            "(",
            "5",
            "-",
            "3",
            ")",
            "\"",
            "x",
            "\"",
            "a-b",
            ".");
    assertThat(BleuTokenizer.tokens("Gemüse & Käse: 5%/l"))
        .containsExactly("Gemüse", "&", "Käse", ":", "5", "%", "/", "l");
  }

  /** The example of the paper: "police killed the gunman" among two candidates. */
  @Test
  void rougeOfPoliceAndGunman() {
    String reference = "police killed the gunman";
    assertThat(longest("police kill the gunman", reference)).isCloseTo(0.75, within(1e-9));
    assertThat(longest("the gunman kill police", reference)).isCloseTo(0.5, within(1e-9));
    assertThat(Rouge.shared(2, List.of("police kill the gunman"), List.of(reference)))
        .isCloseTo(1 / 3.0, within(1e-9));
  }

  /** Recall and precision differ: 3 of 4 words found, 3 of 6 wanted. */
  @Test
  void rougeIsTheMeanOfF1() {
    List<String> written = List.of("The cat, the dog", "no");
    List<String> references = List.of("the cat and the old cow", "yes");
    assertThat(Rouge.shared(1, written, references))
        .isCloseTo((2 * 0.75 * 0.5 / 1.25) / 2, within(1e-9));
  }

  @Test
  void rougeKnowsWordsOfAllScripts() {
    assertThat(longest("Über Straße", "über Straße!")).isEqualTo(1);
  }

  private static double bleu(String written, String reference) {
    return Bleu.of(List.of(written), List.of(List.of(reference)));
  }

  private static double longest(String written, String reference) {
    return Rouge.longest(List.of(written), List.of(reference));
  }
}
