package io.headwater.ps.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardRangeTest {
  @ParameterizedTest
  @CsvSource({"16320,1", "56295,4", "25000000,3", "3000000000,7"})
  void shardsOwnWholeBlocksWithoutGapsAndChunksCoverThem(long elements, int shards) {
    for (int mtu : new int[] {65_504, 8_960, 1_408}) {
      long next = 0;
      for (int shard = 0; shard < shards; shard++) {
        ShardRange range = ShardRange.of(elements, shard, shards, ChunkSize.elements(mtu));
        assertThat(range.from()).isEqualTo(next);
        assertThat(range.from() % ChunkSize.BLOCK).isZero();
        assertThat(range.elements()).isPositive();
        int last = range.chunks() - 1;
        assertThat(range.chunkFrom(last) + range.chunkCount(last)).isEqualTo(range.to());
        assertThat(range.blockElements(range.blocks() - 1))
            .isEqualTo((int) (range.elements() - (range.blocks() - 1L) * ChunkSize.BLOCK));
        next = range.to();
      }
      assertThat(next).isEqualTo(elements);
    }
  }

  @Test
  void chunksDivideTheBlockAndFillTheDatagram() {
    assertThat(ChunkSize.elements(65_504)).isEqualTo(16_320);
    assertThat(ChunkSize.elements(8_960)).isEqualTo(2_040);
    assertThat(ChunkSize.elements(1_408)).isEqualTo(320);
    for (int mtu : new int[] {1_376, 1_400, 65_536}) {
      if (mtu == 1_376) {
        assertThat(ChunkSize.elements(mtu)).isEqualTo(320);
      } else {
        assertThatThrownBy(() -> ChunkSize.elements(mtu))
            .isInstanceOf(UserException.class)
            .hasMessageContaining("MTU " + mtu);
      }
    }
  }

  @Test
  void anEndpointNeedsAWayIn() {
    assertThatThrownBy(() -> ShardEndpoint.udp(0, "localhost", 80))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("port 80");
    assertThatThrownBy(() -> ShardEndpoint.local(0, ""))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("neither a port nor a directory");
    assertThat(ShardEndpoint.udp(0, "localhost", 40_000).chunkElements()).isEqualTo(16_320);
    assertThat(ShardEndpoint.udp(0, "ps-0.ps", 40_000).chunkElements()).isEqualTo(320);
  }
}
