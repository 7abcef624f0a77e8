package io.headwater.corpus.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class PermutationTest {
  @Test
  void isABijectionOfEverySize() {
    for (int n = 1; n <= 1100; n++) {
      assertIsBijection(n, n * 31L);
    }
    for (int n : new int[] {4095, 4096, 4097, 65_535, 65_536, 65_537, 1_000_003}) {
      assertIsBijection(n, -n);
    }
  }

  private static void assertIsBijection(int n, long key) {
    BitSet seen = new BitSet(n);
    for (int i = 0; i < n; i++) {
      long image = Permutation.apply(i, n, key);
      assertThat(image >= 0 && image < n).isTrue();
      seen.set((int) image);
    }
    assertThat(seen.cardinality()).as("n = %d", n).isEqualTo(n);
  }

  @Test
  void sendsEachIndexEverywhereEquallyOften() {
    // Chi-square over keys, for each index: 16 degrees of freedom, 99.9999 % below 57.
    int n = 17;
    int keys = 34_000;
    for (int index = 0; index < n; index++) {
      int[] hits = new int[n];
      for (long key = 0; key < keys; key++) {
        hits[(int) Permutation.apply(index, n, Permutation.mix(key))]++;
      }
      double expected = (double) keys / n;
      double chiSquare = 0;
      for (int hit : hits) {
        chiSquare += (hit - expected) * (hit - expected) / expected;
      }
      assertThat(chiSquare).as("index %d", index).isLessThan(57);
    }
  }

  @Test
  void leavesNoOrderBetweenNeighbours() {
    int n = 100_000;
    long ascending = 0;
    double correlation = 0;
    double variance = (double) n * n / 12;
    long last = Permutation.apply(0, n, 42);
    for (int i = 1; i < n; i++) {
      long image = Permutation.apply(i, n, 42);
      ascending += image > last ? 1 : 0;
      correlation += (image - n / 2.0) * (last - n / 2.0) / variance / n;
      last = image;
    }
    assertThat(ascending / (double) n).isBetween(0.49, 0.51);
    assertThat(correlation).isBetween(-0.015, 0.015);
  }

  @Test
  void staysInsideBeyond32Bits() {
    long n = (1L << 41) + 12_345;
    for (long index = n - 1000; index < n; index++) {
      assertThat(Permutation.apply(index, n, 9)).isBetween(0L, n - 1);
    }
  }

  @Test
  void rejectsAnIndexOutside() {
    assertThatThrownBy(() -> Permutation.apply(5, 5, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
