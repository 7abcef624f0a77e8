package io.headwater.corpus;

import io.headwater.checkpoint.UserException;
import io.headwater.corpus.shard.Split;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;

/**
 * Which split a document goes to, or where the one text is cut.
 *
 * @param validationLimit by hash: documents whose identity is below it, unsigned, are validation
 * @param trainFraction by tail: of the characters; NaN by hash
 */
record Division(long validationLimit, double trainFraction) implements Serializable {
  /**
   * Settles the division of a corpus. By hash, both splits get a document where there are two.
   *
   * @throws UserException when the corpus cannot be divided so
   */
  static Division of(SplitOptions options, CorpusStatistics statistics) {
    double fraction = options.validationFraction();
    if (options.method() == SplitMethod.TAIL) {
      if (statistics.documents() != 1) {
        throw new UserException(
            "Cannot split the tail of the corpus: it has "
                + statistics.documents()
                + " documents and a tail is cut off one; split by hash, or give one text file");
      }
      return new Division(0, 1 - fraction);
    }
    if (fraction == 0) {
      return new Division(0, Double.NaN);
    }
    if (statistics.documents() < 2) {
      throw new UserException(
          "Cannot keep documents for validation: the corpus has only one; split its tail, cut it"
              + " by line or paragraph, or keep a fraction of 0");
    }
    long limit = (long) Math.scalb(fraction, 63) << 1;
    limit = maxUnsigned(limit, statistics.firstIdentity() + 1);
    limit = minUnsigned(limit, statistics.lastIdentity());
    return new Division(limit, Double.NaN);
  }

  private static long maxUnsigned(long a, long b) {
    return Long.compareUnsigned(a, b) > 0 ? a : b;
  }

  private static long minUnsigned(long a, long b) {
    return Long.compareUnsigned(a, b) < 0 ? a : b;
  }

  boolean isTail() {
    return !Double.isNaN(trainFraction);
  }

  Split splitOf(DocumentKey key) {
    return Long.compareUnsigned(key.identity(), validationLimit) < 0
        ? Split.VALIDATION
        : Split.TRAIN;
  }

  /** Bytes of the text that are for training: a whole number of characters, rounded down. */
  int trainBytes(byte[] text) {
    long characters = new String(text, StandardCharsets.UTF_8).codePoints().count();
    long left = (long) (characters * trainFraction);
    int at = 0;
    for (; left > 0; left--) {
      int lead = text[at];
      at += lead >= 0 ? 1 : lead < (byte) 0xE0 ? 2 : lead < (byte) 0xF0 ? 3 : 4;
    }
    return at;
  }
}
