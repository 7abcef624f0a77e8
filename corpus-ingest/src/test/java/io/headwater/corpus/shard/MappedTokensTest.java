package io.headwater.corpus.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedTokensTest {
  @TempDir Path folder;

  private Path write(int[] tokens, int from, int to, ElementType type) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((to - from) * type.bytes());
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    for (int i = from; i < to; i++) {
      if (type == ElementType.U16) {
        bytes.putShort((short) tokens[i]);
      } else {
        bytes.putInt(tokens[i]);
      }
    }
    return Files.write(folder.resolve(from + "-" + to + type), bytes.array());
  }

  private static int[] tokens(int count, int bound) {
    return new Random(count).ints(count, 0, bound).toArray();
  }

  @Test
  void readsAcrossMapsAndShards() throws IOException {
    for (ElementType type : ElementType.values()) {
      int[] tokens = tokens(2000, type == ElementType.U16 ? 65536 : Integer.MAX_VALUE);
      List<MappedTokens> shards = new ArrayList<>();
      List<ShardIndex> indices = new ArrayList<>();
      int[] cuts = {0, 1, 64, 65, 700, 2000};
      for (int i = 0; i + 1 < cuts.length; i++) {
        Path file = write(tokens, cuts[i], cuts[i + 1], type);
        shards.add(MappedTokens.map(file, type, 6)); // maps of 64 bytes
        indices.add(new ShardIndex(1, cuts[i + 1] - cuts[i]));
      }
      TokenStream stream = new ShardedTokenStream(shards, indices);
      assertThat(stream.tokens()).isEqualTo(2000);
      assertThat(stream.documents()).isEqualTo(5);
      Random random = new Random(1);
      for (int i = 0; i < 2000; i++) {
        int from = random.nextInt(2000);
        int count = random.nextInt(Math.min(300, 2000 - from) + 1);
        int[] into = new int[count + 5];
        stream.read(from, count, into, 5);
        assertThat(Arrays.copyOfRange(into, 5, 5 + count))
            .isEqualTo(Arrays.copyOfRange(tokens, from, from + count));
      }
      assertThatThrownBy(() -> stream.read(1999, 2, new int[2], 0))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> stream.read(0, 3, new int[2], 0))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void readsBeyondTwoGibibytes() throws IOException {
    Path file = folder.resolve("sparse");
    long token = (5L << 30) / 4;
    try (var channel =
        java.nio.channels.FileChannel.open(
            file,
            java.nio.file.StandardOpenOption.CREATE_NEW,
            java.nio.file.StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
      bytes.putInt(11).putInt(22).putInt(33).flip();
      assertThat(channel.write(bytes, 4 * (token - 1))).isEqualTo(12);
    }
    int[] into = new int[4];
    MappedTokens.map(file, ElementType.I32).read(token - 2, 4, into, 0);
    assertThat(into).containsExactly(0, 11, 22, 33);
  }
}
