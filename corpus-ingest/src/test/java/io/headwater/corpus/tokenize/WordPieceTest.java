package io.headwater.corpus.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.corpus.tokenize.WordCounter.WordCount;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WordPieceTest {
  private static final List<String> TEXTS =
      List.of(
          "The lowest newest widest winters; the lower, the newer!",
          "Résumé of a naïve façade: the newest, the LOWEST.",
          "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。",
          "the news is new and the winter is low");

  @Test
  void splitsAsBertDoes() {
    assertThat(words("Don't PANIC, Ünder 春眠 don't.", WordPieceCase.LOWER))
        .containsExactly("don", "'", "t", "panic", ",", "under", "春", "眠", "don", "'", "t", ".");
    assertThat(words("Ünder\u0000A\u200B", WordPieceCase.KEPT)).containsExactly("ÜnderA");
  }

  /** The words that were counted are those that the library's pre-tokenizer makes. */
  @Test
  void splitsAsTheLibraryDoes() {
    List<String> texts = new ArrayList<>(SampleTexts.AWKWARD);
    texts.addAll(TEXTS);
    try (Tokenizer tokenizer = trained(texts, 2000, WordPieceCase.LOWER)) {
      MaskingVocabulary vocabulary = MaskingVocabulary.of(tokenizer);
      for (String text : TEXTS) {
        int begun = 0;
        for (int id : tokenizer.encode(text)) {
          begun += vocabulary.inside()[id] ? 0 : 1;
        }
        assertThat(words(text, WordPieceCase.LOWER)).as(text).hasSize(begun);
      }
    }
  }

  @Test
  void frequentWordsBecomeOnePieceAndIdeographsStandAlone() {
    try (Tokenizer tokenizer = trained(TEXTS, 300, WordPieceCase.LOWER)) {
      assertThat(tokenizer.encode("The newest")).hasSize(2);
      assertThat(tokenizer.encode("处处闻啼鸟")).hasSize(5);
      assertThat(tokenizer.decode(tokenizer.encode("RÉSUMÉ of news"))).isEqualTo("resume of news");
      assertThat(tokenizer.encode("ж")).containsExactly(1); // [UNK]
      assertThat(tokenizer.endOfText()).hasValue(3); // [SEP]
    }
  }

  @Test
  void keepsCaseWhereAsked() {
    try (Tokenizer tokenizer = trained(TEXTS, 300, WordPieceCase.KEPT)) {
      assertThat(tokenizer.decode(tokenizer.encode("Résumé of news"))).isEqualTo("Résumé of news");
      assertThat(tokenizer.encode("The")).isNotEqualTo(tokenizer.encode("the"));
    }
  }

  @Test
  void vocabularyDependsOnTheCountsAlone() {
    List<WordCount> counts = counts(TEXTS, WordPieceCase.LOWER);
    List<String> expected = WordPieceTrainer.train(counts, 70);
    assertThat(expected)
        .hasSizeBetween(50, 70)
        .startsWith("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
    Collections.shuffle(counts, new Random(1));
    assertThat(WordPieceTrainer.train(counts, 70)).isEqualTo(expected);
  }

  @Test
  void knowsWhatMaskingNeeds() {
    try (Tokenizer tokenizer = trained(TEXTS, 300, WordPieceCase.LOWER)) {
      MaskingVocabulary vocabulary = MaskingVocabulary.of(tokenizer);
      assertThat(vocabulary.classification()).isEqualTo(2);
      assertThat(vocabulary.mask()).isEqualTo(4);
      assertThat(vocabulary.ordinary()).hasSize(tokenizer.vocabularySize() - 5).doesNotContain(4);
      assertThat(vocabulary.sentenceEnd()[tokenizer.encode("。")[0]]).isTrue();
    }
  }

  private static Tokenizer trained(List<String> texts, int size, WordPieceCase letters) {
    return Tokenizers.trainWordPiece(counts(texts, letters), size, letters);
  }

  private static List<WordCount> counts(List<String> texts, WordPieceCase letters) {
    WordCounter counter = WordCounter.ofCharacters(Integer.MAX_VALUE, letters);
    texts.forEach(text -> counter.add(text.getBytes(StandardCharsets.UTF_8)));
    List<WordCount> counts = new ArrayList<>();
    counter.drain().forEachRemaining(counts::add);
    return counts;
  }

  private static List<String> words(String text, WordPieceCase letters) {
    List<String> words = new ArrayList<>();
    new BertPreTokenizer(letters).split(text, words::add);
    return words;
  }
}
