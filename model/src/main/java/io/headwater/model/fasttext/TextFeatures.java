package io.headwater.model.fasttext;

import io.headwater.model.embedding.Vocabulary;
import java.util.Arrays;
import java.util.List;

/*
 * As the original program's Dictionary::getLine and addWordNgrams: a word's own row and those of its
 * n-grams, then of each run of two to so many words a bucket, by a hash that is made of the words'
 * hashes, sign-extended from 32 to 64 bits. The end of the text is a word, </s>.
 */
/** Which rows of the input matrix a text has. */
final class TextFeatures {
  private static final long FACTOR = 116_049_371L;

  private final Vocabulary words;
  private final Subwords subwords;
  private final int wordNgrams;

  TextFeatures(Vocabulary words, Subwords subwords, int wordNgrams) {
    this.words = words;
    this.subwords = subwords;
    this.wordNgrams = wordNgrams;
  }

  /**
   * The rows of a text; one that comes twice is there twice.
   *
   * @param text its words, without its end
   */
  int[] of(List<String> text) {
    int[] rows = new int[text.size() + 1];
    int[] hashes = new int[text.size() + 1];
    int count = 0;
    for (int at = 0; at <= text.size(); at++) {
      String word = at < text.size() ? text.get(at) : SubwordRows.SENTENCE_END;
      hashes[at] = Subwords.hash(word);
      int id = words.id(word);
      if (id >= 0) {
        rows = roomy(rows, count + 1);
        rows[count++] = id;
      }
      if (subwords.maxN() > 0 && !word.equals(SubwordRows.SENTENCE_END)) {
        for (int bucket : subwords.of(word)) {
          rows = roomy(rows, count + 1);
          rows[count++] = words.size() + bucket;
        }
      }
    }
    return addWordNgrams(rows, count, hashes);
  }

  private int[] addWordNgrams(int[] some, int before, int[] hashes) {
    int[] rows = some;
    int count = before;
    for (int first = 0; first < hashes.length; first++) {
      long hash = hashes[first];
      for (int last = first + 1; last < Math.min(hashes.length, first + wordNgrams); last++) {
        hash = hash * FACTOR + hashes[last];
        rows = roomy(rows, count + 1);
        rows[count++] = words.size() + (int) Long.remainderUnsigned(hash, subwords.buckets());
      }
    }
    return Arrays.copyOf(rows, count);
  }

  private static int[] roomy(int[] rows, int needed) {
    return needed <= rows.length ? rows : Arrays.copyOf(rows, 2 * needed);
  }
}
