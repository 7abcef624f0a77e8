package io.headwater.ps.sparse;

import io.headwater.checkpoint.UserException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The bytes of a {@link SparseTableConfig}, little-endian.
 *
 * <pre>
 *  0 i32 columns      4 i32 initialiser (0 zero, 1 uniform, 2 normal)
 *  8 i64 seed        16 i64 rows that a shard may hold
 * 24 f32 scale of the initialiser
 * 28 i32 optimizer (0 SGD, 1 Adagrad, 2 Adam)
 * 32 f32 beta1       36 f32 beta2      40 f32 epsilon      44 f32 initial sum
 * 48 the name, ASCII, up to the end
 * </pre>
 */
final class TableDescription {
  private static final int FIXED = 48;

  private TableDescription() {}

  /** The 64 bits by which frames name a table. */
  static long key(SparseTableConfig config) {
    return IdHash.of(config.name());
  }

  static byte[] encode(SparseTableConfig config) {
    byte[] name = config.name().getBytes(StandardCharsets.US_ASCII);
    RowOptimizer optimizer = config.optimizer();
    return ByteBuffer.allocate(FIXED + name.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(config.columns())
        .putInt(config.initializer().kind().ordinal())
        .putLong(config.seed())
        .putLong(config.maxRows())
        .putFloat(config.initializer().scale())
        .putInt(optimizer.kind().ordinal())
        .putFloat(optimizer.beta1())
        .putFloat(optimizer.beta2())
        .putFloat(optimizer.epsilon())
        .putFloat(optimizer.initialSum())
        .put(name)
        .array();
  }

  /** Reads a description that came from the network; empty if it describes no valid table. */
  static Optional<SparseTableConfig> decode(byte[] bytes) {
    if (bytes.length <= FIXED || bytes.length > FIXED + SparseTableConfig.MAX_NAME) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    RowInitializer.Kind[] initializers = RowInitializer.Kind.values();
    RowOptimizer.Kind[] optimizers = RowOptimizer.Kind.values();
    int initializer = in.getInt(4);
    int optimizer = in.getInt(28);
    if (initializer < 0
        || initializer >= initializers.length
        || optimizer < 0
        || optimizer >= optimizers.length) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new SparseTableConfig(
              new String(bytes, FIXED, bytes.length - FIXED, StandardCharsets.ISO_8859_1),
              in.getInt(0),
              in.getLong(8),
              new RowInitializer(initializers[initializer], in.getFloat(24)),
              new RowOptimizer(
                  optimizers[optimizer],
                  in.getFloat(32),
                  in.getFloat(36),
                  in.getFloat(40),
                  in.getFloat(44)),
              in.getLong(16)));
    } catch (UserException e) {
      return Optional.empty();
    }
  }
}
