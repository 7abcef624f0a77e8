package io.headwater.corpus.shard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;

/**
 * The tokens of one {@code .bin} file, mapped. One map of a {@link FileChannel} ends at 2 GiB, so a
 * larger file has several; each but the last holds a power of two of bytes and thus whole tokens.
 */
final class MappedTokens {
  private static final int DEFAULT_MAP_BITS = 30;

  private final ByteBuffer[] maps;
  private final int mapBits;
  private final ElementType type;

  private MappedTokens(ByteBuffer[] maps, int mapBits, ElementType type) {
    this.maps = maps;
    this.mapBits = mapBits;
    this.type = type;
  }

  static MappedTokens map(Path file, ElementType type) throws IOException {
    return map(file, type, DEFAULT_MAP_BITS);
  }

  /** As {@link #map(Path, ElementType)}, with maps of 2^mapBits bytes. */
  static MappedTokens map(Path file, ElementType type, int mapBits) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      long bytes = channel.size();
      long mapBytes = 1L << mapBits;
      ByteBuffer[] maps = new ByteBuffer[(int) ((bytes + mapBytes - 1) >>> mapBits)];
      for (int i = 0; i < maps.length; i++) {
        long start = (long) i << mapBits;
        long size = Math.min(mapBytes, bytes - start);
        maps[i] = channel.map(MapMode.READ_ONLY, start, size).order(ByteOrder.LITTLE_ENDIAN);
      }
      return new MappedTokens(maps, mapBits, type);
    }
  }

  /** Copies tokens [position, position + count); absolute reads, so that threads may share this. */
  void read(long position, int count, int[] into, int offset) {
    long at = position * type.bytes();
    int done = 0;
    while (done < count) {
      ByteBuffer map = maps[(int) (at >>> mapBits)];
      int start = (int) (at & ((1L << mapBits) - 1));
      int here = Math.min(count - done, (map.limit() - start) / type.bytes());
      if (type == ElementType.U16) {
        readU16(map, start, here, into, offset + done);
      } else {
        readI32(map, start, here, into, offset + done);
      }
      done += here;
      at += (long) here * type.bytes();
    }
  }

  private static void readU16(ByteBuffer map, int start, int count, int[] into, int offset) {
    for (int i = 0; i < count; i++) {
      into[offset + i] = map.getShort(start + 2 * i) & 0xFFFF;
    }
  }

  private static void readI32(ByteBuffer map, int start, int count, int[] into, int offset) {
    for (int i = 0; i < count; i++) {
      into[offset + i] = map.getInt(start + 4 * i);
    }
  }
}
