package io.headwater.ps.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ps.KernelVersion;
import io.headwater.ps.testing.FrameMutations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A million payloads that nobody has encoded. */
class CodecFuzzTest {
  private static final int PAYLOADS = 200_000;
  private static final int WARM_UP = 20_000;
  private static final int[] COUNTS = {1, 8, 9, 64, 70, 256, 300};
  private static final int MARGIN = 16;

  @ParameterizedTest
  @EnumSource
  void noPayloadThrowsOrTakesMemoryOrIsReadBeyondItsEnd(Codec codec) {
    // Whose vectors are no objects even before they are compiled, and the version that is used.
    ChunkCodec scalar = codec.open(KernelVersion.SCALAR, 0.1);
    ChunkCodec best = codec.open(KernelVersion.best(), 0.1);
    List<byte[]> samples = new ArrayList<>();
    for (int count : COUNTS) {
      byte[] bytes = new byte[Codec.topK(0.1).length(count) + 4 * count + 64];
      int length = best.encode(Elements.normal(count, count), 0, count, new UnsafeBuffer(bytes), 0);
      samples.add(Arrays.copyOf(bytes, length));
    }
    FrameMutations payloads = new FrameMutations(11, samples);
    int accepted = 0;
    long most = 0;
    float[] into = new float[300];
    float[] again = new float[300];
    float[] untouched = Elements.normal(2, 300);
    for (int i = 0; i < PAYLOADS; i++) {
      byte[] payload = payloads.next();
      int count = COUNTS[payloads.nextInt(COUNTS.length)] + payloads.nextInt(10) / 9;
      UnsafeBuffer alone = new UnsafeBuffer(payload);
      System.arraycopy(untouched, 0, into, 0, into.length);
      long before = FrameMutations.allocated();
      boolean valid = scalar.decode(alone, 0, payload.length, into, Math.min(count, into.length));
      long taken = FrameMutations.allocated() - before;
      if (taken > 0 && i > WARM_UP) {
        // Compiled code that is thrown away may take memory once; a payload would each time.
        before = FrameMutations.allocated();
        scalar.decode(alone, 0, payload.length, into, Math.min(count, into.length));
        most = Math.max(most, FrameMutations.allocated() - before);
      }
      if (!valid) {
        assertThat(into).isEqualTo(untouched);
        assertThat(best.isValid(alone, 0, payload.length, Math.min(count, into.length))).isFalse();
      } else {
        accepted++;
        // What stands about the payload makes no difference.
        byte[] about = new byte[payload.length + 2 * MARGIN];
        Arrays.fill(about, (byte) i);
        System.arraycopy(payload, 0, about, MARGIN, payload.length);
        UnsafeBuffer within = new UnsafeBuffer(about);
        System.arraycopy(untouched, 0, again, 0, again.length);
        assertThat(best.decode(within, MARGIN, payload.length, again, Math.min(count, 300)))
            .isTrue();
        assertThat(again).isEqualTo(into);
      }
    }
    assertThat(accepted).isBetween(PAYLOADS / 100, PAYLOADS - PAYLOADS / 5);
    assertThat(most).isZero();
  }
}
