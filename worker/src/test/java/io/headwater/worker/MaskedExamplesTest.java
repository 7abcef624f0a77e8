package io.headwater.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.corpus.shard.TokenStream;
import io.headwater.corpus.tokenize.MaskingVocabulary;
import io.headwater.model.MaskedBatch;
import io.headwater.model.TokenBatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MaskedExamplesTest {
  private static final int LENGTH = 32;
  private static final int DOCUMENTS = 90;

  /** Token 5 ends a sentence; document d is written in the token 10 + d alone. */
  private static final MaskingVocabulary VOCABULARY = vocabulary();

  private static MaskingVocabulary vocabulary() {
    boolean[] sentenceEnd = new boolean[100];
    sentenceEnd[5] = true;
    return new MaskingVocabulary(
        2, 3, 4, 0, IntStream.range(5, 100).toArray(), new boolean[100], sentenceEnd);
  }

  private record Documents(int[] ids, long[] starts) implements TokenStream {
    static Documents make() {
      long[] starts = new long[DOCUMENTS + 1];
      for (int d = 0; d < DOCUMENTS; d++) {
        starts[d + 1] = starts[d] + 40 + 7 * (d % 11);
      }
      int[] tokens = new int[(int) starts[DOCUMENTS]];
      for (int d = 0; d < DOCUMENTS; d++) {
        for (int i = (int) starts[d]; i < starts[d + 1]; i++) {
          tokens[i] = i % 6 == 5 ? 5 : 10 + d;
        }
        tokens[(int) starts[d + 1] - 1] = 3;
      }
      return new Documents(tokens, starts);
    }

    @Override
    public long tokens() {
      return ids.length;
    }

    @Override
    public long documents() {
      return DOCUMENTS;
    }

    @Override
    public void read(long position, int count, int[] into, int offset) {
      System.arraycopy(ids, (int) position, into, offset, count);
    }
  }

  private static MaskedExamples examples(long seed) {
    Documents documents = Documents.make();
    return MaskedExamples.pairs(documents, documents.starts(), VOCABULARY, LENGTH, seed);
  }

  @Test
  void aSampleIsAFunctionOfSeedAndNumber() {
    MaskedBatch batch = examples(7).read(40, 8);
    MaskedExamples again = examples(7);
    again.read(3, 5);
    assertThat(again.read(40, 8)).usingRecursiveComparison().isEqualTo(batch);
    assertThat(examples(8).read(40, 8).inputs()).isNotEqualTo(batch.inputs());
    long nextEpoch = 40 + again.perEpoch();
    assertThat(again.read(nextEpoch, 8).inputs()).isNotEqualTo(batch.inputs());
  }

  @Test
  void theSecondSegmentIsOfTheSameDocumentIfAndOnlyIfItFollows() {
    MaskedBatch batch = examples(1).read(0, 400);
    int replaced = 0;
    for (int row = 0; row < 400; row++) {
      int[] tokens = restored(batch, row);
      int[] document = {-1, -1};
      for (int i = 0; i < batch.lengths()[row]; i++) {
        if (tokens[i] >= 10) {
          document[batch.segments()[row * LENGTH + i]] = tokens[i];
        }
      }
      boolean both = document[0] > 0 && document[1] > 0;
      if (both) {
        assertThat(document[0] == document[1]).isEqualTo(batch.nextSentence()[row] == 0);
      }
      assertThat(tokens[0]).isEqualTo(2);
      assertThat(tokens[batch.lengths()[row] - 1]).isEqualTo(3);
      replaced += batch.nextSentence()[row];
    }
    assertThat(replaced).isBetween(150, 250);
  }

  /** Else a model would learn it and not the text. */
  @Test
  void lengthDoesNotTellTheKindsApart() {
    MaskedBatch batch = examples(2).read(0, 4000);
    double[] length = new double[2];
    double[] count = new double[2];
    for (int row = 0; row < 4000; row++) {
      int label = batch.nextSentence()[row];
      length[label] += batch.lengths()[row];
      count[label]++;
    }
    assertThat(length[1] / count[1]).isCloseTo(length[0] / count[0], within(0.5));
  }

  private static int[] restored(MaskedBatch batch, int row) {
    int[] tokens = new int[LENGTH];
    System.arraycopy(batch.inputs(), row * LENGTH, tokens, 0, LENGTH);
    for (int p = row * batch.predictions(); p < (row + 1) * batch.predictions(); p++) {
      if (batch.targets()[p] != TokenBatch.IGNORED) {
        tokens[batch.positions()[p]] = batch.targets()[p];
      }
    }
    return tokens;
  }
}
