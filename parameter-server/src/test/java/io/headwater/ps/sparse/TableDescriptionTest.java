package io.headwater.ps.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TableDescriptionTest {
  private static final SparseTableConfig CONFIG =
      new SparseTableConfig(
          "input-vectors",
          300,
          -5,
          RowInitializer.normal(0.02f),
          new RowOptimizer(RowOptimizer.Kind.ADAM, 0.8f, 0.99f, 1e-6f, 0.5f),
          1L << 40);

  @Test
  void aDescriptionIsReadAsItWasWritten() {
    assertThat(TableDescription.decode(TableDescription.encode(CONFIG))).contains(CONFIG);
  }

  @Test
  void noBytesEscapeTheDecoder() {
    Random random = new Random(3);
    byte[] sound = TableDescription.encode(CONFIG);
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = sound.clone();
      for (int change = random.nextInt(3); change >= 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Optional<SparseTableConfig> decoded = TableDescription.decode(bytes);
      decoded.ifPresent(c -> assertThat(TableDescription.encode(c)).isEqualTo(bytes));
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      assertThat(TableDescription.decode(noise)).isNotNull();
    }
  }

  @Test
  void consecutiveIdsSpreadOverTheShards() {
    for (int shards : new int[] {1, 2, 3, 7, 16}) {
      long[] rows = new long[shards];
      LongStream.range(-50_000, 50_000).forEach(id -> rows[RowPlacement.shard(id, shards)]++);
      for (long count : rows) {
        assertThat((double) count * shards / 100_000).isBetween(0.95, 1.05);
      }
    }
    assertThat(LongStream.range(0, 16).mapToInt(id -> RowPlacement.shard(id, 4)).distinct().count())
        .isEqualTo(4);
    assertThat(RowPlacement.shard(Long.MIN_VALUE, 5)).isBetween(0, 4);
  }
}
