package io.headwater.ps.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.headwater.ps.protocol.RowFrame.Type;
import io.headwater.ps.security.FrameSealer;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class RowFrameTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final RowFrame.Parties PARTIES = new RowFrame.Parties(77, 3, 5, Long.MIN_VALUE);
  private static final int PADDING = 8;
  private static final int CHECK = 72;

  private static RowSet rows(int count, int columns) {
    RowSet set = new RowSet();
    set.resize(count, columns);
    for (int i = 0; i < count; i++) {
      set.ids()[i] = i == 0 ? Long.MIN_VALUE : -i;
    }
    for (int i = 0; i < count * columns; i++) {
      set.values()[i] = i - 0.5f;
    }
    return set;
  }

  private static UnsafeBuffer frame(int length) {
    return new UnsafeBuffer(new byte[PADDING + length]);
  }

  private static UnsafeBuffer push(RowSet set, int from, int count) {
    UnsafeBuffer frame = frame(RowFrame.length(count, set.columns()));
    RowFrame.putPush(frame, PADDING, PARTIES, 9, 11, set, from, count, 0.25f);
    return frame;
  }

  private static UnsafeBuffer pull(RowSet set, int from, int count) {
    UnsafeBuffer frame = frame(RowFrame.length(count, 0));
    RowFrame.putPull(frame, PADDING, PARTIES, 9, 8, 11, set, from, count);
    return frame;
  }

  private static UnsafeBuffer answer(Type type, int result) {
    UnsafeBuffer frame = frame(RowFrame.HEADER_LENGTH);
    RowFrame.putAnswer(frame, PADDING, type, PARTIES, 9, 4, 11, result);
    return frame;
  }

  private static UnsafeBuffer open(byte[] description) {
    UnsafeBuffer frame = frame(RowFrame.HEADER_LENGTH + description.length);
    RowFrame.putOpen(frame, PADDING, PARTIES, 4_000, 11, description);
    return frame;
  }

  private static UnsafeBuffer records(RowSet set) {
    UnsafeBuffer frame = frame(RowFrame.length(set.count(), set.columns()));
    RowFrame.putRecords(frame, PADDING, PARTIES, 2, 11, set);
    return onLink(frame);
  }

  private static UnsafeBuffer onLink(UnsafeBuffer frame) {
    RowFrame.putOnLink(frame, PADDING, 6, 12);
    return frame;
  }

  private static UnsafeBuffer[] frames() {
    RowSet set = rows(6, 4);
    UnsafeBuffer rows = frame(RowFrame.length(6, 4));
    RowFrame.putRows(rows, PADDING, PARTIES, 9, 11, set);
    return new UnsafeBuffer[] {
      push(set, 1, 4),
      pull(set, 0, 3),
      rows,
      answer(Type.PUSHED, 1),
      answer(Type.OPENED, 0),
      answer(Type.ROWS, 2),
      answer(Type.ATTACH, 0),
      answer(Type.HELD, 6),
      open(new byte[] {1, 2, 3}),
      onLink(push(set, 1, 4)),
      onLink(open(new byte[] {1, 2, 3})),
      records(set),
    };
  }

  private static boolean wrap(RowFrame frame, UnsafeBuffer buffer) {
    return frame.wrap(buffer, PADDING, buffer.capacity() - PADDING);
  }

  @Test
  void aPushIsReadAsItWasWritten() {
    RowFrame frame = new RowFrame();
    RowSet set = rows(6, 4);
    assertThat(wrap(frame, push(set, 2, 3))).isTrue();
    assertThat(frame.type()).isEqualTo(Type.PUSH);
    assertThat(frame.parties()).isEqualTo(PARTIES);
    assertThat(frame.sequence()).isEqualTo(9);
    assertThat(frame.table()).isEqualTo(11);
    assertThat(frame.rate()).isEqualTo(0.25f);
    RowSet read = new RowSet();
    frame.read(read);
    assertThat(read.count()).isEqualTo(3);
    assertThat(read.columns()).isEqualTo(4);
    assertThat(read.ids()).startsWith(-2, -3, -4);
    for (int i = 0; i < 12; i++) {
      assertThat(read.values()[i]).isEqualTo(set.values()[8 + i]);
    }
  }

  @Test
  void aPushThatIsPassedOnKeepsAllButItsPlace() {
    RowFrame frame = new RowFrame();
    RowSet set = rows(6, 4);
    assertThat(wrap(frame, onLink(push(set, 2, 3)))).isTrue();
    assertThat(frame.type()).isEqualTo(Type.COPIED_PUSH);
    assertThat(frame.parties()).isEqualTo(PARTIES);
    assertThat(frame.sequence()).isEqualTo(9);
    assertThat(frame.rate()).isEqualTo(0.25f);
    assertThat(frame.result()).isEqualTo(6);
    assertThat(frame.mark()).isEqualTo(12);
    RowSet read = new RowSet();
    frame.read(read);
    assertThat(read.ids()).startsWith(-2, -3, -4);
    assertThat(wrap(frame, records(set))).isTrue();
    assertThat(frame.type()).isEqualTo(Type.RECORDS);
    assertThat(frame.sequence()).isEqualTo(2);
  }

  @Test
  void questionsAndAnswersAreReadAsTheyWereWritten() {
    RowFrame frame = new RowFrame();
    assertThat(wrap(frame, pull(rows(6, 4), 0, 3))).isTrue();
    assertThat(frame.type()).isEqualTo(Type.PULL);
    assertThat(frame.mark()).isEqualTo(8);
    RowSet read = new RowSet();
    frame.read(read);
    assertThat(read.ids()).startsWith(Long.MIN_VALUE, -1, -2);
    assertThat(wrap(frame, answer(Type.PUSHED, 2))).isTrue();
    assertThat(frame.type()).isEqualTo(Type.PUSHED);
    assertThat(frame.result()).isEqualTo(2);
    assertThat(frame.mark()).isEqualTo(4);
    assertThat(wrap(frame, open(new byte[] {1, 2, 3}))).isTrue();
    assertThat(frame.description()).containsExactly(1, 2, 3);
  }

  @Test
  void aFrameFillsItsDatagramButDoesNotPassIt() {
    int most = 65_504 - 32 - FrameSealer.TRAILER_LENGTH; // Aeron's header, and that it is protected
    for (int columns : new int[] {1, 64, 100, 300, 16_000}) {
      int rows = RowFrame.rows(ChunkSize.LOOPBACK_MTU, columns);
      assertThat(rows).isPositive();
      assertThat(RowFrame.length(rows, columns)).isLessThanOrEqualTo(most);
      assertThat(RowFrame.length(rows + 1, columns)).isGreaterThan(most);
    }
    assertThat(RowFrame.rows(ChunkSize.ETHERNET_MTU, 300)).isOne();
    assertThat(RowFrame.rows(ChunkSize.ETHERNET_MTU, 400)).isZero();
  }

  @Test
  void oneFlippedBitIsFound() {
    for (UnsafeBuffer frame : frames()) {
      for (int bit = 8 * PADDING; bit < 8 * frame.capacity(); bit++) {
        frame.putByte(bit / 8, (byte) (frame.getByte(bit / 8) ^ 1 << bit % 8));
        assertThat(wrap(new RowFrame(), frame)).as("bit %d", bit).isFalse();
        frame.putByte(bit / 8, (byte) (frame.getByte(bit / 8) ^ 1 << bit % 8));
      }
      assertThat(wrap(new RowFrame(), frame)).isTrue();
    }
  }

  @Test
  void aCutOrLongerFrameIsNone() {
    for (UnsafeBuffer frame : frames()) {
      int length = frame.capacity() - PADDING;
      for (int other = -1; other < length; other++) {
        assertThat(new RowFrame().wrap(frame, PADDING, other)).isFalse();
      }
      assertThat(new RowFrame().wrap(frame, PADDING, length + 1)).isFalse();
      assertThat(new RowFrame().wrap(frame, PADDING - 8, length + 8)).isFalse();
    }
  }

  /** A million frames with changed fields and a right check, and of random bytes. */
  @Test
  void noFrameEscapesTheDecoderOrMakesItAllocateWhatItClaims() {
    Random random = new Random(1);
    UnsafeBuffer[] frames = frames();
    RowFrame frame = new RowFrame();
    RowSet set = new RowSet();
    set.resize(64, 64);
    int accepted = 0;
    long before = THREADS.getCurrentThreadAllocatedBytes();
    UnsafeBuffer copy = frame(1_024);
    for (int i = 0; i < 1_000_000; i++) {
      UnsafeBuffer original = frames[random.nextInt(frames.length)];
      int length = original.capacity() - PADDING;
      copy.putBytes(0, original, 0, original.capacity());
      for (int change = random.nextInt(3); change >= 0; change--) {
        change(copy, random);
      }
      copy.putInt(PADDING + 4, length);
      copy.putLong(PADDING + CHECK, hash(copy, length));
      if (frame.wrap(copy, PADDING, length)) {
        accepted++;
        assertThat(frame.count()).isBetween(0, 1_000);
        if (frame.type() == Type.OPEN || frame.type() == Type.COPIED_OPEN) {
          assertThat(frame.description().length).isEqualTo(length - RowFrame.HEADER_LENGTH);
        } else {
          frame.read(set);
        }
      }
    }
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(500_000_000L);
    assertThat(accepted).isBetween(100_000, 999_999);
  }

  private static void change(UnsafeBuffer frame, Random random) {
    switch (random.nextInt(4)) {
      case 0 -> frame.putInt(PADDING + 56 + 4 * random.nextInt(2), random.nextInt());
      case 1 -> frame.putInt(PADDING + 56 + 4 * random.nextInt(2), random.nextInt(20));
      case 2 -> frame.putByte(PADDING + random.nextInt(4), (byte) random.nextInt(32));
      default -> frame.putByte(PADDING + 80 + random.nextInt(40), (byte) random.nextInt());
    }
  }

  private static long hash(UnsafeBuffer frame, int length) {
    long head = Checksum.of(frame, PADDING, CHECK);
    int body = RowFrame.HEADER_LENGTH;
    return Checksum.mix(head, Checksum.ofPayload(frame, PADDING + body, length - body));
  }

  @Test
  void randomBytesAreNoFrame() {
    Random random = new Random(2);
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      assertThat(new RowFrame().wrap(new UnsafeBuffer(bytes), 0, bytes.length)).isFalse();
    }
  }
}
