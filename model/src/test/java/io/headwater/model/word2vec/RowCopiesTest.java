package io.headwater.model.word2vec;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.embedding.Rows;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RowCopiesTest {
  private static final int WIDTH = 20;

  private final Rows matrix = new Rows(50, WIDTH);

  RowCopiesTest() {
    for (int row = 0; row < matrix.count(); row++) {
      matrix.set(row, values(row));
    }
  }

  @Test
  void changesOfTwoThreadsAddUp() {
    RowCopies one = new RowCopies(matrix);
    RowCopies other = new RowCopies(matrix);
    Rows mine = one.take(new long[] {7, 3});
    Rows theirs = other.take(new long[] {3});
    assertThat(mine.row(0)).isEqualTo(values(7));
    assertThat(mine.row(1)).isEqualTo(values(3));

    mine.set(1, values(3.5f));
    theirs.set(0, values(2));
    assertThat(matrix.row(3)).isEqualTo(values(3));
    one.giveBack();
    other.giveBack();

    assertThat(matrix.row(3)).isEqualTo(values(2.5f));
    assertThat(matrix.row(7)).isEqualTo(values(7));
    assertThat(matrix.row(4)).isEqualTo(values(4));
  }

  @Test
  void takesMoreRowsThanBefore() {
    RowCopies copies = new RowCopies(matrix);
    copies.take(new long[] {1}).set(0, values(9));
    copies.giveBack();

    long[] all = new long[50];
    for (int row = 0; row < all.length; row++) {
      all[row] = all.length - 1 - row;
    }
    Rows taken = copies.take(all);

    assertThat(taken.row(48)).isEqualTo(values(9));
    assertThat(taken.row(0)).isEqualTo(values(49));
  }

  private static float[] values(float value) {
    float[] values = new float[WIDTH];
    Arrays.fill(values, value);
    return values;
  }
}
