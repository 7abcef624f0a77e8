package io.headwater.model.embedding;

/** A corpus as word numbers; safe for several readers at once. */
public interface WordSequence {
  /** Stands after the last word of each sentence. */
  int SENTENCE_END = -1;

  /** Elements: words and ends of sentences. */
  long length();

  /** Copies {@code count} elements from {@code from} on. */
  void read(long from, int[] into, int offset, int count);

  /** Of an array. */
  static WordSequence of(int... ids) {
    return new WordSequence() {
      @Override
      public long length() {
        return ids.length;
      }

      @Override
      public void read(long from, int[] into, int offset, int count) {
        System.arraycopy(ids, Math.toIntExact(from), into, offset, count);
      }
    };
  }
}
