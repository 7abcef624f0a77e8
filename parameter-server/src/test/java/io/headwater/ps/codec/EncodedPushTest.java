package io.headwater.ps.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.protocol.ShardRange;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EncodedPushTest {
  private static final int CHUNK = 320;
  private static final int ELEMENTS = 2 * ChunkSize.BLOCK + 77;

  private final ShardRange range = ShardRange.of(ELEMENTS, 1, 2, CHUNK);
  private final UnsafeBuffer frame = new UnsafeBuffer(new byte[4 * CHUNK]);

  /** Sends each chunk once, and then some once more; returns what the shard makes of the last. */
  private float[] received(EncodedPush push, ChunkCodec shard, FlatVector gradient) {
    float[] received = new float[ELEMENTS];
    for (int pass = 1; pass <= 3; pass++) {
      for (int chunk = range.chunks() - 1; chunk >= 0; chunk -= pass) { // the last layers first
        int length = push.encode(gradient, chunk);
        assertThat(push.length(chunk)).isEqualTo(length);
        push.copy(chunk, frame, 0);
        int count = range.chunkCount(chunk);
        float[] decoded = new float[count];
        assertThat(shard.decode(frame, 0, length, decoded, count)).isTrue();
        System.arraycopy(decoded, 0, received, (int) range.chunkFrom(chunk), count);
      }
    }
    return received;
  }

  @ParameterizedTest
  @EnumSource
  void aChunkSentAgainIsTheSameAndCountsOnce(Codec codec) {
    double[] sum = new double[ELEMENTS];
    double[] decoded = new double[ELEMENTS];
    try (ErrorFeedback feedback = new ErrorFeedback(codec.open(), ELEMENTS);
        EncodedPush push = new EncodedPush(feedback, range);
        FlatVector gradient = FlatVector.allocate(ELEMENTS)) {
      for (int step = 0; step < 20; step++) {
        float[] elements = Elements.normal(step, ELEMENTS);
        gradient.write(0, elements, 0, ELEMENTS);
        push.begin();
        float[] received = received(push, codec.open(), gradient);
        for (int i = 0; i < ELEMENTS; i++) {
          sum[i] += elements[i];
          decoded[i] += received[i];
        }
      }
      for (int i = (int) range.from(); i < range.to(); i++) {
        assertThat(Math.abs(decoded[i] + feedback.residual().get(i) - sum[i])).isLessThan(1e-4);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ONE_BIT", "TOP_K"})
  void aChunkThatIsNotFiniteHasNoBytes(Codec codec) {
    try (EncodedPush push = new EncodedPush(codec.open(), range);
        FlatVector gradient = FlatVector.allocate(ELEMENTS)) {
      gradient.set(range.chunkFrom(3), Float.NaN);
      assertThat(push.length(3)).isZero();
      assertThat(push.encode(gradient, 3)).isEqualTo(ChunkEncoder.NOT_FINITE);
      assertThat(push.length(3)).isEqualTo(ChunkEncoder.NOT_FINITE);
      assertThat(push.encode(gradient, 4)).isPositive();
      byte[] before = frame.byteArray().clone();
      assertThatThrownBy(() -> push.copy(3, frame, 0))
          .hasMessage("Cannot send chunk 3: it is not encoded");
      assertThat(Arrays.equals(frame.byteArray(), before)).isTrue();
      push.begin();
      assertThat(push.length(4)).isZero();
    }
  }
}
