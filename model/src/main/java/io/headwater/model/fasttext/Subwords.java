package io.headwater.model.fasttext;

import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.word2vec.InputRows;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Which buckets a word's character n-grams fall into, as the original program computes them: the
 * word between {@code <} and {@code >}, cut between characters, each n-gram hashed with 32-bit
 * FNV-1a over its UTF-8 bytes, which are signed.
 *
 * @param minN characters of the shortest n-gram
 * @param maxN characters of the longest; 0 for none
 * @param buckets rows that n-grams share; 0 only if there are none
 */
public record Subwords(int minN, int maxN, int buckets) implements Serializable {
  private static final int OFFSET_BASIS = 0x811c9dc5;
  private static final int PRIME = 16777619;

  /** Rows are numbered by indices of arrays. */
  private static final int MOST_ROWS = Integer.MAX_VALUE - 8;

  public Subwords {
    require(minN >= 0, "min-n", minN, ">= 0");
    require(maxN >= 0 && maxN <= 100, "max-n", maxN, "in [0, 100]");
    require(maxN == 0 || minN <= maxN, "min-n", minN, "<= max-n, " + maxN);
    require(buckets >= 0 && (maxN == 0 || buckets > 0), "buckets", buckets, "> 0");
  }

  /**
   * How many rows a matrix of the words' rows and, after them, the buckets' has.
   *
   * @throws UserException if they are more than can be numbered
   */
  public int matrixRows(int words) {
    long rows = (long) words + buckets;
    if (rows > MOST_ROWS) {
      throw new UserException(
          "Cannot make a matrix of %d words and %d buckets: it may have %d rows at most (embedding.buckets)"
              .formatted(words, buckets, MOST_ROWS));
    }
    return (int) rows;
  }

  /** Which rows a word has in a matrix of the words' rows and, after them, the buckets'. */
  public InputRows rows(Vocabulary vocabulary) {
    return new SubwordRows(vocabulary, this);
  }

  /** The bucket of each n-gram of a word; one that comes twice is there twice. */
  public int[] of(String word) {
    byte[] bytes = ("<" + word + ">").getBytes(StandardCharsets.UTF_8);
    int[] found = new int[bytes.length];
    int count = 0;
    for (int begin = 0; begin < bytes.length; begin++) {
      if (continues(bytes[begin])) {
        continue;
      }
      int hash = OFFSET_BASIS;
      int at = begin;
      for (int n = 1; n <= maxN && at < bytes.length; n++) {
        do {
          hash = (hash ^ bytes[at++]) * PRIME;
        } while (at < bytes.length && continues(bytes[at]));
        // Neither boundary is an n-gram by itself.
        if (n >= minN && !(n == 1 && (begin == 0 || at == bytes.length))) {
          if (count == found.length) {
            found = Arrays.copyOf(found, 2 * count);
          }
          found[count++] = Integer.remainderUnsigned(hash, buckets);
        }
      }
    }
    return Arrays.copyOf(found, count);
  }

  /** The hash of a whole word. */
  static int hash(String word) {
    int hash = OFFSET_BASIS;
    for (byte next : word.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ next) * PRIME;
    }
    return hash;
  }

  /** With so many buckets, where there are none yet. */
  public Subwords sharedBy(int more) {
    return buckets > 0 ? this : new Subwords(minN, maxN, more);
  }

  private static boolean continues(byte utf8) {
    return (utf8 & 0xc0) == 0x80;
  }

  private static void require(boolean valid, String name, int value, String range) {
    if (!valid) {
      throw new IllegalArgumentException(
          "Cannot take subwords: " + name + " is " + value + " (must be " + range + ")");
    }
  }
}
