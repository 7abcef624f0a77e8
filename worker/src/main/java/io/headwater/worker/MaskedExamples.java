package io.headwater.worker;

import io.headwater.checkpoint.UserException;
import io.headwater.corpus.shard.Corpus;
import io.headwater.corpus.shard.Permutation;
import io.headwater.corpus.shard.Split;
import io.headwater.corpus.shard.TokenStream;
import io.headwater.corpus.tokenize.MaskingVocabulary;
import io.headwater.model.MaskedBatch;
import io.headwater.model.Objective;
import io.headwater.model.TokenBatch;
import io.headwater.worker.DocumentWindows.Window;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Sequences with masked tokens. For next-sentence prediction a sequence is {@code [CLS] A [SEP] B
 * [SEP]}: a window of one document, parted where a sentence ends near a random place, and half of
 * the time with its second part replaced by text of another document. Otherwise it is {@code [CLS]
 * text [SEP]}, packed across documents. One thread.
 */
final class MaskedExamples implements Examples {
  private static final int TRIES = 10;

  private final TokenStream stream;
  private final DocumentWindows windows;
  private final MaskingVocabulary vocabulary;
  private final TokenMasking masking;
  private final boolean pairs;
  private final boolean shuffled;
  private final long seed;
  private final int contextLength;
  private final int room; // tokens beside the special ones
  private final int[] text;
  private final int[] other;

  private MaskedExamples(
      TokenStream stream,
      long[] documentStarts,
      MaskingVocabulary vocabulary,
      Objective objective,
      int contextLength,
      long seed,
      boolean shuffled) {
    this.stream = stream;
    this.vocabulary = vocabulary;
    this.pairs = objective.nextSentence();
    this.shuffled = shuffled;
    this.seed = seed;
    this.contextLength = contextLength;
    this.room = contextLength - (pairs ? 3 : 2);
    if (room < 2 || stream.tokens() < 2) {
      throw new UserException(
          "Cannot make masked examples of "
              + contextLength
              + " tokens: the split has "
              + stream.tokens()
              + ", and 2 besides the special ones are needed");
    }
    this.windows = new DocumentWindows(documentStarts, room);
    this.masking = new TokenMasking(vocabulary, objective.wholeWords(), contextLength);
    this.text = new int[room];
    this.other = new int[room];
  }

  /** Without pairs the split counts as one document. */
  static MaskedExamples of(
      Corpus corpus,
      Split split,
      Objective objective,
      int contextLength,
      long seed,
      boolean shuffled) {
    TokenStream stream = corpus.split(split);
    return new MaskedExamples(
        stream,
        objective.nextSentence() ? corpus.documentStarts(split) : new long[] {0, stream.tokens()},
        MaskingVocabulary.of(corpus.tokenizer()),
        objective,
        contextLength,
        seed,
        shuffled);
  }

  /** Shuffled pairs of any stream. */
  static MaskedExamples pairs(
      TokenStream stream,
      long[] documentStarts,
      MaskingVocabulary vocabulary,
      int contextLength,
      long seed) {
    return new MaskedExamples(
        stream, documentStarts, vocabulary, Objective.MASKED_LM_NSP, contextLength, seed, true);
  }

  @Override
  public long perEpoch() {
    return windows.count();
  }

  @Override
  public MaskedBatch read(long first, int rows) {
    int[] inputs = new int[rows * contextLength]; // (B, T)
    int[] segments = new int[inputs.length]; // (B, T)
    int[] lengths = new int[rows];
    int[] positions = new int[rows * masking.most()]; // (B, P)
    int[] targets = new int[positions.length]; // (B, P)
    int[] labels = new int[pairs ? rows : 0];
    Arrays.fill(inputs, vocabulary.padding());
    Arrays.fill(targets, TokenBatch.IGNORED);
    for (int row = 0; row < rows; row++) {
      long sample = first + row;
      int from = row * contextLength;
      SplittableRandom random = new SplittableRandom(key(sample));
      long index = index(sample);
      if (pairs) {
        labels[row] = pair(index, random, inputs, segments, from, lengths, row);
      } else {
        lengths[row] = single(index, inputs, from);
      }
      masking.mask(inputs, from, lengths[row], random, positions, targets, row * masking.most());
    }
    return new MaskedBatch(
        rows, contextLength, inputs, segments, lengths, positions, targets, labels, key(~first));
  }

  private int single(long index, int[] inputs, int from) {
    int length = readText(index, text);
    inputs[from] = vocabulary.classification();
    System.arraycopy(text, 0, inputs, from + 1, length);
    inputs[from + 1 + length] = vocabulary.separator();
    return length + 2;
  }

  /**
   * Writes a pair and its length; returns 0 if the second segment follows, 1 if it does not. Both
   * kinds are of the same length and begin their second segment at a sentence's begin: nothing but
   * the text tells them apart.
   */
  private int pair(
      long index,
      SplittableRandom random,
      int[] inputs,
      int[] segments,
      int from,
      int[] lengths,
      int row) {
    int length = readText(index, text);
    int parted = length < 2 ? length : part(text, 1, length - 1, random);
    boolean replaced = windows.count() > 1 && (length < 2 || random.nextBoolean());
    int secondLength = length < 2 ? room - parted : length - parted;
    int[] second = text;
    int secondFrom = parted;
    if (replaced) {
      int found = readText(another(index, random), other);
      second = other;
      secondLength = Math.min(found, secondLength);
      secondFrom = part(other, 0, found - secondLength, random);
    }
    inputs[from] = vocabulary.classification();
    System.arraycopy(text, 0, inputs, from + 1, parted);
    inputs[from + 1 + parted] = vocabulary.separator();
    int start = from + 2 + parted;
    System.arraycopy(second, secondFrom, inputs, start, secondLength);
    inputs[start + secondLength] = vocabulary.separator();
    Arrays.fill(segments, start, start + secondLength + 1, 1);
    lengths[row] = parted + secondLength + 3;
    return replaced ? 1 : 0;
  }

  /** The sentence's end nearest to a random place in [least, most]; where there is none, it. */
  private int part(int[] tokens, int least, int most, SplittableRandom random) {
    int drawn = least + random.nextInt(most - least + 1);
    for (int distance = 0; distance <= most - least; distance++) {
      for (int place : new int[] {drawn - distance, drawn + distance}) {
        boolean inside = place >= Math.max(1, least) && place <= most;
        if (inside && vocabulary.sentenceEnd()[tokens[place - 1]]) {
          return place;
        }
      }
    }
    return drawn;
  }

  /** A window of another document; of the same one where the corpus hardly has another. */
  private long another(long index, SplittableRandom random) {
    int document = windows.window(index).document();
    long drawn = index;
    for (int i = 0; i < TRIES; i++) {
      drawn = random.nextLong(windows.count());
      if (windows.window(drawn).document() != document) {
        return drawn;
      }
    }
    return drawn == index ? (index + 1) % windows.count() : drawn;
  }

  /** Without the end of the document, for which the separator stands. */
  private int readText(long index, int[] into) {
    Window window = windows.window(index);
    stream.read(window.start(), window.length(), into, 0);
    boolean ends = into[window.length() - 1] == vocabulary.separator();
    return ends && window.length() > 1 ? window.length() - 1 : window.length();
  }

  private long index(long sample) {
    long count = windows.count();
    if (!shuffled) {
      return sample;
    }
    long epoch = sample / count;
    return Permutation.apply(sample % count, count, Permutation.mix(Permutation.mix(seed) + epoch));
  }

  private long key(long sample) {
    return Permutation.mix(Permutation.mix(seed) ^ Permutation.mix(sample));
  }
}
