package io.headwater.ps.security;

import static io.headwater.ps.security.Handshakes.RUN;
import static io.headwater.ps.security.Handshakes.SHARD;
import static io.headwater.ps.security.Handshakes.WORKER;
import static io.headwater.ps.security.Handshakes.secret;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class FrameGateTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int OFFSET = 24;

  /** A worker that a shard has let in, and the gate of that shard. */
  private record Ends(FrameSealer sealer, FrameGate gate) {
    static Ends of(FrameMode mode) {
      FrameGate gate = new FrameGate(mode);
      Initiator worker = new Initiator(secret(), mode, RUN, WORKER, new FrameGate(mode));
      assertThat(Handshakes.talk(worker, new Responder(secret(), mode, SHARD, gate))).isTrue();
      return new Ends(worker.sealer(0), gate);
    }

    UnsafeBuffer sealed(int length) {
      UnsafeBuffer buffer =
          new UnsafeBuffer(ByteBuffer.allocateDirect(OFFSET + length + FrameSealer.TRAILER_LENGTH));
      buffer.putBytes(OFFSET, content(length));
      assertThat(sealer.seal(buffer, OFFSET, length)).isEqualTo(buffer.capacity() - OFFSET);
      return buffer;
    }

    FrameVerdict open(UnsafeBuffer frame) {
      return gate.open(frame, OFFSET, frame.capacity() - OFFSET);
    }
  }

  private static byte[] content(int length) {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    return content;
  }

  private static byte[] clear(FrameGate gate) {
    byte[] bytes = new byte[gate.length()];
    gate.buffer().getBytes(gate.offset(), bytes);
    return bytes;
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void framesOfAnyLengthComeOutAsTheyWentIn(FrameMode mode) {
    Ends ends = Ends.of(mode);
    for (int length : new int[] {1, 15, 16, 17, 24, 100, 8191, 8192, 8193, 65_344, 33}) {
      UnsafeBuffer frame = ends.sealed(length);
      byte[] before = new byte[frame.capacity()];
      frame.getBytes(0, before);
      assertThat(ends.open(frame)).isEqualTo(FrameVerdict.GENUINE);
      assertThat(clear(ends.gate())).isEqualTo(content(length));
      byte[] after = new byte[frame.capacity()];
      frame.getBytes(0, after);
      assertThat(after).isEqualTo(before); // others read the same log buffer
    }
    assertThat(ends.gate().count(FrameVerdict.GENUINE)).isEqualTo(11);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void onlyEncryptedFramesAreUnreadable(FrameMode mode) {
    byte[] onTheWire = new byte[1000];
    Ends.of(mode).sealed(1000).getBytes(OFFSET, onTheWire);
    int same = 0;
    byte[] content = content(1000);
    for (int i = 0; i < 1000; i++) {
      same += content[i] == onTheWire[i] ? 1 : 0;
    }
    if (mode == FrameMode.ENCRYPT) {
      assertThat(same).isLessThan(50);
    } else {
      assertThat(same).isEqualTo(1000);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void anySingleChangedBitIsRefused(FrameMode mode) {
    Ends ends = Ends.of(mode);
    UnsafeBuffer frame = ends.sealed(200);
    int bits = 8 * (frame.capacity() - OFFSET);
    for (int bit = 0; bit < bits; bit++) {
      int at = OFFSET + bit / 8;
      byte kept = frame.getByte(at);
      frame.putByte(at, (byte) (kept ^ 1 << bit % 8));
      assertThat(ends.open(frame)).as("bit %d", bit).isNotEqualTo(FrameVerdict.GENUINE);
      frame.putByte(at, kept);
    }
    assertThat(ends.open(frame)).isEqualTo(FrameVerdict.GENUINE);
    long refused = 0;
    for (FrameVerdict verdict : FrameVerdict.values()) {
      refused += verdict == FrameVerdict.GENUINE ? 0 : ends.gate().count(verdict);
    }
    assertThat(refused).isEqualTo(bits);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void aReplayIsRefusedAndReorderingIsNot(FrameMode mode) {
    Ends ends = Ends.of(mode);
    UnsafeBuffer[] frames = new UnsafeBuffer[ReplayWindow.SIZE + 10];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = ends.sealed(64);
    }
    for (int i : new int[] {3, 0, 2, 1, 9, 500, 499}) {
      assertThat(ends.open(frames[i])).isEqualTo(FrameVerdict.GENUINE);
      assertThat(ends.open(frames[i])).isEqualTo(FrameVerdict.REPLAYED);
    }
    assertThat(ends.open(frames[frames.length - 1])).isEqualTo(FrameVerdict.GENUINE);
    assertThat(ends.open(frames[8])).isEqualTo(FrameVerdict.REPLAYED); // too late to tell
    assertThat(ends.open(frames[11])).isEqualTo(FrameVerdict.GENUINE);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void aFrameThatCouldNotBeTakenComesAgain(FrameMode mode) {
    Ends ends = Ends.of(mode);
    UnsafeBuffer frame = ends.sealed(500);
    for (int attempt = 0; attempt < 3; attempt++) {
      assertThat(ends.open(frame)).isEqualTo(FrameVerdict.GENUINE);
      assertThat(clear(ends.gate())).isEqualTo(content(500));
      ends.gate().retract();
    }
    assertThat(ends.open(frame)).isEqualTo(FrameVerdict.GENUINE);
    assertThat(ends.open(frame)).isEqualTo(FrameVerdict.REPLAYED);
    assertThat(ends.gate().count(FrameVerdict.GENUINE)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void shortAndLyingLengthsAreMalformed(FrameMode mode) {
    Ends ends = Ends.of(mode);
    UnsafeBuffer frame = ends.sealed(10);
    for (int length : new int[] {Integer.MIN_VALUE, -1, 0, 1, 31, 32, 43, Integer.MAX_VALUE}) {
      assertThat(ends.gate().open(frame, OFFSET, length)).isEqualTo(FrameVerdict.MALFORMED);
    }
    assertThat(ends.gate().open(frame, -1, 33)).isEqualTo(FrameVerdict.MALFORMED);
    assertThat(ends.gate().count(FrameVerdict.MALFORMED)).isEqualTo(9);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void aLargeFrameCostsLittleGarbage(FrameMode mode) {
    Ends ends = Ends.of(mode);
    UnsafeBuffer frame = ends.sealed(65_344);
    int frames = 500;
    long before = 0;
    for (int i = 0; i < 2 * frames; i++) {
      if (i == frames) {
        before = THREADS.getCurrentThreadAllocatedBytes();
      }
      ends.sealer().seal(frame, OFFSET, 65_344);
      ends.open(frame);
    }
    long perFrame = (THREADS.getCurrentThreadAllocatedBytes() - before) / frames;
    assertThat(perFrame).isLessThan(4_000); // the JDK's cipher objects; no array of a frame's size
    assertThat(ends.gate().count(FrameVerdict.GENUINE)).isEqualTo(2 * frames);
  }
}
