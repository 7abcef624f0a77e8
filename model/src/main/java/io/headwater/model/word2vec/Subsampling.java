package io.headwater.model.word2vec;

import io.headwater.model.embedding.Vocabulary;
import java.util.Arrays;

/** Leaves out occurrences of frequent words, as the original program does. */
final class Subsampling {
  private Subsampling() {}

  /** The probability of each word's occurrence to stay. */
  static float[] keep(Vocabulary vocabulary, double sample) {
    float[] keep = new float[vocabulary.size()];
    Arrays.fill(keep, 1);
    double threshold = sample * vocabulary.total();
    for (int word = 0; sample > 0 && word < keep.length; word++) {
      double ratio = threshold / vocabulary.count(word);
      keep[word] = (float) Math.min(1, Math.sqrt(ratio) + ratio);
    }
    return keep;
  }
}
