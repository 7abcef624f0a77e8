package io.headwater.ps.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.headwater.ps.codec.Codec;
import io.headwater.ps.codec.Codecs;
import io.headwater.ps.optimizer.LearningRateSchedule;
import io.headwater.ps.optimizer.OptimizerConfig;
import java.lang.management.ManagementFactory;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;

class FrameDecoderTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final long RUN = RunKey.of("a run");
  private static final ReplicaId REPLICA = new ReplicaId(1, 0, 5);
  private static final RunSpecification SPECIFICATION =
      new RunSpecification(
          "a run",
          3,
          new RunSpecification.Training(
              100, 6, OptimizerConfig.adamW(), new LearningRateSchedule(1e-3f, 1e-4f, 10, 100)),
          new RunSpecification.Checkpoints("hdfs://höst/step-00000000", "out", 50),
          RunSpecification.Timeouts.DEFAULT);

  @Provide
  Arbitrary<ControlMessage> messages() {
    return Arbitraries.of(
        new Request.OpenRun(SPECIFICATION, CoordinatorEndpoint.udp("drïver", 40_390)),
        new Request.ResendChunks(1, 2, 3, 4),
        new Request.AskPush(1, 2, 3, 4),
        new Request.Join(1, 2, 3L << 40),
        new Request.Heartbeat(1, 2),
        new Request.ReplicaHeartbeat(REPLICA),
        new Request.ResendState(REPLICA, 2, 3, 4, 5),
        new Request.LossReport(
            1, 2, 3, new MicroBatchFigures(List.of(Double.NaN, 0.25), 0.5, 4, 5e9, 0.125)),
        new Request.Leave(1, 2),
        new Request.ReplicaLeave(REPLICA),
        new Request.ReplicaReady(REPLICA, 2, 3),
        new Request.TensorNorms(REPLICA, 2, 4, 9, 3, List.of(new Request.Piece(2, 0.5, 7))),
        new Request.BlockNorms(REPLICA, 2, 0, 3, new double[] {1, 2.5, Double.POSITIVE_INFINITY}),
        new Request.StepApplied(REPLICA, 2, 3.5, Double.NaN),
        new Request.PartWritten(REPLICA, 2),
        new Request.ReplicaFailed(REPLICA, "the disk is full"),
        new Event.CoordinatorAlive(),
        new Event.ReplicaLost(REPLICA, "silence"),
        new Event.ReplicaJoined(REPLICA),
        new Event.RunOpened(1, 2),
        new Event.JoinRefused(1, 2, "why not"),
        new Event.JoinAccepted(1, 2, new Codecs(Codec.TOP_K, 0.25, Codec.BFLOAT16), List.of()),
        new Event.PlanAnnounced(
            9,
            2,
            1,
            true,
            false,
            6,
            1,
            List.of(new Event.Assignment(1, 2, new MicroBatchRange(0, 6))),
            List.of(new Event.Task(1, 2, 7)),
            List.of(REPLICA, new ReplicaId(1, 1, 6)),
            List.of(new ReplicaId(1, 1, 6))),
        new Event.StepCommitted(1, false, 0.25f),
        new Event.TensorTrust(1, List.of(1f, 0.5f)),
        new Event.StepDone(1, 2.5, 3.5, 4.5f, 5, true, false),
        new Event.WorkerLost(1, Event.WorkerLost.Cause.LEFT, "silence"),
        new Event.SnapshotPart(1, 2),
        new Event.RunFailed("worker 1 was lost"),
        new Event.RunFinished(7),
        new Event.RunOver(),
        new Event.LeaveHeard(3));
  }

  @Property
  void everyMessageIsReadAsItWasWritten(@ForAll("messages") ControlMessage message) {
    ControlCodec codec = new ControlCodec();
    int length = codec.encode(RUN, message);
    assertThat(ControlCodec.decode(codec.buffer(), 0, length))
        .contains(new ControlCodec.Decoded(RUN, message));
  }

  @Property(tries = 20_000)
  void oneFlippedBitIsFound(
      @ForAll("messages") ControlMessage message, @ForAll @IntRange(max = 1 << 20) int at) {
    ControlCodec codec = new ControlCodec();
    int length = codec.encode(RUN, message);
    UnsafeBuffer frame = new UnsafeBuffer(new byte[length]);
    frame.putBytes(0, codec.buffer(), 0, length);
    int bit = at % (8 * length);
    frame.putByte(bit / 8, (byte) (frame.getByte(bit / 8) ^ 1 << bit % 8));
    assertThat(ControlCodec.decode(frame, 0, length)).isEmpty();
  }

  /** Bodies with a right checksum, so that the decoder of the fields is reached. */
  @Property(tries = 100_000)
  void noBodyEscapesTheDecoder(
      @ForAll @IntRange(min = 0, max = 5) int type,
      @ForAll byte tag,
      @ForAll @Size(max = 200) byte[] body) {
    UnsafeBuffer frame = new UnsafeBuffer(new byte[24 + body.length]);
    frame.putInt(0, ChunkFrame.VERSION | type << 8 | (tag & 0xff) << 16);
    frame.putInt(4, frame.capacity());
    frame.putLong(8, RUN);
    frame.putBytes(24, body);
    long hash = Checksum.of(frame, 24, body.length);
    frame.putLong(16, Checksum.mix(Checksum.mix(hash, frame.getInt(0)), RUN));
    assertThat(ControlCodec.decode(frame, 0, frame.capacity())).isNotNull();
  }

  /** Whole messages with some bytes changed and a right checksum: lists and texts that lie. */
  @Property(tries = 50_000)
  void aChangedBodyNeitherThrowsNorAllocatesWhatItClaims(
      @ForAll("messages") ControlMessage message,
      @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 1 << 20) Integer> places,
      @ForAll int word) {
    ControlCodec codec = new ControlCodec();
    int length = codec.encode(RUN, message);
    UnsafeBuffer frame = new UnsafeBuffer(new byte[length]);
    frame.putBytes(0, codec.buffer(), 0, length);
    for (int place : places) {
      if (length >= 24 + Integer.BYTES) {
        frame.putInt(24 + place % (length - 24 - Integer.BYTES + 1), word);
      }
    }
    long hash = Checksum.of(frame, 24, length - 24);
    frame.putLong(16, Checksum.mix(Checksum.mix(hash, frame.getInt(0)), RUN));
    long before = THREADS.getCurrentThreadAllocatedBytes();
    assertThat(ControlCodec.decode(frame, 0, length)).isNotNull();
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 20);
  }

  @Property(tries = 50_000)
  void randomBytesAreNoFrame(@ForAll @Size(max = 300) byte[] bytes) {
    UnsafeBuffer frame = new UnsafeBuffer(bytes);
    assertThat(ControlCodec.decode(frame, 0, bytes.length)).isEmpty();
    assertThat(new ChunkFrame().wrap(frame, 0, bytes.length)).isFalse();
  }

  @Property
  void aPushIsReadAsItWasWritten(
      @ForAll long step,
      @ForAll int node,
      @ForAll int worker,
      @ForAll @IntRange(min = 1, max = 320) int count) {
    UnsafeBuffer frame = push(new PushName(RUN, step, node, worker, ~step), count);
    ChunkFrame chunk = new ChunkFrame();
    assertThat(chunk.wrap(frame, 0, frame.capacity())).isTrue();
    assertThat(chunk.type()).isEqualTo(ChunkFrame.PUSH);
    assertThat(chunk.isOf(new PushName(RUN, step, node, worker, ~step))).isTrue();
    assertThat(chunk.vector()).isZero();
    assertThat(chunk.run()).isEqualTo(RUN);
    assertThat(chunk.step()).isEqualTo(step);
    assertThat(chunk.node()).isEqualTo(node);
    assertThat(chunk.worker()).isEqualTo(worker);
    assertThat(chunk.incarnation()).isEqualTo(~step);
    assertThat(chunk.shard()).isEqualTo(2);
    assertThat(chunk.chunk()).isEqualTo(5);
    float[] values = new float[count];
    chunk.read(values);
    assertThat(values[count - 1]).isEqualTo(count);
  }

  @Property(tries = 20_000)
  void aDamagedOrCutFrameIsNone(
      @ForAll @IntRange(max = 8 * (ChunkFrame.HEADER_LENGTH + 4 * 321) - 1) int bit,
      @ForAll @IntRange(min = 1, max = 100) int cut) {
    UnsafeBuffer frame = push(new PushName(RUN, 7, 0, 1, 1), 321);
    int length = frame.capacity();
    assertThat(new ChunkFrame().wrap(frame, 0, length)).isTrue();
    assertThat(new ChunkFrame().wrap(frame, 0, length - cut)).isFalse();
    assertThat(new ChunkFrame().wrap(frame, 0, length + cut)).isFalse();
    frame.putByte(bit / 8, (byte) (frame.getByte(bit / 8) ^ 1 << bit % 8));
    assertThat(new ChunkFrame().wrap(frame, 0, length)).isFalse();
  }

  @Property
  void framesWithoutPayloadAreReadAsTheyWereWritten(
      @ForAll @IntRange(min = 1) int vector, @ForAll @IntRange(min = 1, max = 16_320) int count) {
    PushName name = new PushName(RUN, 7, 3, 1, 9);
    UnsafeBuffer frame = new UnsafeBuffer(new byte[ChunkFrame.HEADER_LENGTH]);
    ChunkFrame chunk = new ChunkFrame();
    ChunkFrame.putSharedPush(frame, 0, name, 2, 5, count, vector);
    assertThat(chunk.wrap(frame, 0, frame.capacity())).isTrue();
    assertThat(chunk.vector()).isEqualTo(vector);
    assertThat(chunk.count()).isEqualTo(count);
    ChunkFrame.putMissing(frame, 0, name, 2, 5, count);
    assertThat(chunk.wrap(frame, 0, frame.capacity())).isTrue();
    assertThat(chunk.type()).isEqualTo(ChunkFrame.MISSING);
    assertThat(chunk.name()).isEqualTo(name);
    ChunkFrame.putAccepted(frame, 0, name, 2);
    assertThat(chunk.wrap(frame, 0, frame.capacity())).isTrue();
    assertThat(chunk.type()).isEqualTo(ChunkFrame.ACCEPTED);
  }

  private static UnsafeBuffer push(PushName name, int count) {
    UnsafeBuffer frame = new UnsafeBuffer(new byte[ChunkFrame.length(count)]);
    frame.putFloat(frame.capacity() - Float.BYTES, count);
    ChunkFrame.putPush(frame, 0, name, 2, 5, count, 0, Float.BYTES * count);
    return frame;
  }
}
