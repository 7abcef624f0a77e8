package io.headwater.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.corpus.shard.TokenStream;
import io.headwater.corpus.shard.TokenWindows;
import io.headwater.model.TokenBatch;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class NextTokenExamplesTest {
  private static final int END = 9;
  private static final int[] TOKENS = {1, 2, END, 3, 4, 5, END, END, 6, 7, 8, 1, 2};

  @Test
  void aTokenBetweenDocumentsEndsOneAndBeginsTheNext() {
    TokenBatch batch = examples(OptionalInt.of(END)).read(0, 3);
    assertThat(batch.inputs()).containsExactly(1, 2, END, 3, 4, 5, END, END, 6, 7, 8, 1);
    assertThat(batch.targets()).containsExactly(2, END, 3, 4, 5, END, END, 6, 7, 8, 1, 2);
    assertThat(batch.documents()).containsExactly(0, 0, 1, 1, 0, 0, 1, 2, 0, 0, 0, 0);
  }

  @Test
  void documentsAreNotPartedUnlessThatIsAsked() {
    assertThat(examples(OptionalInt.empty()).read(0, 3).documents()).isEmpty();
  }

  @Test
  void batchesDropByTheirPlace() {
    NextTokenExamples examples = examples(OptionalInt.empty());
    assertThat(examples.read(0, 1).seed()).isNotEqualTo(examples.read(1, 1).seed());
    assertThat(examples.read(1, 1).seed()).isEqualTo(examples.read(1, 2).seed());
  }

  private static NextTokenExamples examples(OptionalInt separator) {
    return new NextTokenExamples(TokenWindows.sequential(new Tokens(), 4), 4, separator, 3);
  }

  private static final class Tokens implements TokenStream {
    @Override
    public long tokens() {
      return TOKENS.length;
    }

    @Override
    public long documents() {
      return 4;
    }

    @Override
    public void read(long position, int count, int[] into, int offset) {
      System.arraycopy(TOKENS, (int) position, into, offset, count);
    }
  }
}
