package io.headwater.ps.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ps.testing.FrameMutations;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Descriptions of tables that nobody has written. */
class TableDescriptionFuzzTest {
  private static final int DESCRIPTIONS = 1_000_000;
  private static final int WARM_UP = 20_000;

  @Test
  void noDescriptionThrowsOrTakesMemoryOrReadsAsAnother() {
    List<byte[]> samples =
        List.of(
            TableDescription.encode(
                new SparseTableConfig(
                    "in", 100, 7, RowInitializer.uniform(0.5f), RowOptimizer.sgd(), 1000)),
            TableDescription.encode(
                new SparseTableConfig(
                    "out.words", 8, -7, RowInitializer.zero(), RowOptimizer.adagrad(), 1L << 40)));
    FrameMutations descriptions = new FrameMutations(13, samples);
    int accepted = 0;
    long most = 0;
    for (int i = 0; i < DESCRIPTIONS; i++) {
      byte[] bytes = descriptions.next();
      long before = FrameMutations.allocated();
      Optional<SparseTableConfig> decoded = TableDescription.decode(bytes);
      if (i > WARM_UP) {
        most = Math.max(most, FrameMutations.allocated() - before);
      }
      if (decoded.isPresent()) {
        accepted++;
        assertThat(TableDescription.encode(decoded.get())).isEqualTo(bytes);
      }
    }
    assertThat(accepted).isBetween(DESCRIPTIONS / 50, DESCRIPTIONS - DESCRIPTIONS / 20);
    assertThat(most).isLessThan(64 << 10);
  }
}
