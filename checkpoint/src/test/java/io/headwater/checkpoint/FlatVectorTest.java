package io.headwater.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FlatVectorTest {
  @Test
  void isZeroedAndAligned() {
    try (FlatVector vector = FlatVector.allocate(10_001)) {
      assertThat(vector.address() % 64).isZero();
      for (long i = 0; i < vector.elements(); i++) {
        assertThat(vector.get(i)).isZero();
      }
    }
  }

  @Test
  void addsAcrossBlockBorders() {
    try (FlatVector sum = FlatVector.allocate(9_999);
        FlatVector addend = FlatVector.allocate(9_999)) {
      for (long i = 0; i < sum.elements(); i++) {
        sum.set(i, i);
        addend.set(i, 2 * i);
      }
      sum.add(addend);
      for (long i = 0; i < sum.elements(); i++) {
        assertThat(sum.get(i)).isEqualTo(3 * i);
      }
    }
  }

  @Test
  void addsAndCopiesPartsOnly() {
    try (FlatVector sum = FlatVector.allocate(9_999);
        FlatVector other = FlatVector.allocate(9_999)) {
      sum.fill(1);
      other.fill(2);
      sum.add(other, 100, 9_000);
      sum.copyFrom(other, 9_000, 9_500);
      for (int i = 0; i < 9_999; i++) {
        float expected = i < 100 || i >= 9_500 ? 1 : i < 9_000 ? 3 : 2;
        assertThat(sum.get(i)).isEqualTo(expected);
      }
      assertThatThrownBy(() -> sum.add(other, 5, 10_000))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void copiesRangesOutAndIn() {
    try (FlatVector vector = FlatVector.allocate(10)) {
      vector.write(3, new float[] {-1, 5, 6, 7, -1}, 1, 3);
      float[] read = new float[5];
      vector.read(2, read, 0, 5);
      assertThat(read).containsExactly(0, 5, 6, 7, 0);
    }
  }

  @Test
  void refusesWhatLiesOutside() {
    try (FlatVector vector = FlatVector.allocate(10)) {
      assertThatThrownBy(() -> vector.get(10)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> vector.set(-1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> vector.read(8, new float[3], 0, 3))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> vector.write(0, new float[3], 1, 3))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void refusesALayoutWithANameTwice() {
    assertThatThrownBy(() -> TensorLayout.builder().add("a", 1).add("a", 2).build())
        .hasMessageContaining("the name occurs twice");
  }
}
