package io.headwater.model.fasttext;

import java.io.IOException;

/**
 * What stands at the beginning of the original program's {@code .bin} files.
 *
 * @param wordNgrams words of the longest n-gram of words, which only classifiers have
 * @param loss 1 hs, 2 ns, 3 softmax
 * @param model 1 cbow, 2 skip-gram, 3 supervised
 * @param sample frequency above which occurrences were left out at random
 */
record Arguments(
    int dim,
    int window,
    int epochs,
    int minCount,
    int negative,
    int wordNgrams,
    int loss,
    int model,
    Subwords subwords,
    double sample) {
  static final int MAGIC = 793712314;
  static final int HS = 1;
  static final int NS = 2;
  static final int SOFTMAX = 3;
  static final int CBOW = 1;
  static final int SKIPGRAM = 2;
  static final int SUPERVISED = 3;

  private static final int VERSION = 12;
  private static final int LEARNING_RATE_UPDATES = 100;

  void write(LittleEndianOutput out) throws IOException {
    out.int32(MAGIC);
    out.int32(VERSION);
    out.int32(dim);
    out.int32(window);
    out.int32(epochs);
    out.int32(minCount);
    out.int32(negative);
    out.int32(wordNgrams);
    out.int32(loss);
    out.int32(model);
    out.int32(subwords.buckets());
    out.int32(subwords.minN());
    out.int32(subwords.maxN());
    out.int32(LEARNING_RATE_UPDATES);
    out.float64(sample);
  }

  static Arguments read(LittleEndianInput in) throws IOException {
    Binary.check(in.int32() == MAGIC, "it does not begin as fastText's do");
    int version = in.int32();
    Binary.check(version == VERSION, "it is of version " + version + ", not " + VERSION);
    int dim = in.int32();
    int window = in.int32();
    int epochs = in.int32();
    int minCount = in.int32();
    int negative = in.int32();
    int wordNgrams = in.int32();
    int loss = in.int32();
    int model = in.int32();
    int buckets = in.int32();
    int minN = in.int32();
    int maxN = in.int32();
    in.int32(); // learning rate updates
    double sample = in.float64();
    return new Arguments(
        dim,
        window,
        epochs,
        minCount,
        negative,
        wordNgrams,
        loss,
        model,
        new Subwords(minN, maxN, buckets),
        sample);
  }
}
