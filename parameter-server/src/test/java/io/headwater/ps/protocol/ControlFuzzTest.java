package io.headwater.ps.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ps.codec.Codec;
import io.headwater.ps.codec.Codecs;
import io.headwater.ps.optimizer.LearningRateSchedule;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.testing.FrameMutations;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Half a million control frames that nobody has written. */
class ControlFuzzTest {
  private static final int FRAMES = 500_000;
  private static final int WARM_UP = 20_000;
  private static final int BODY = 24;
  private static final long RUN = RunKey.of("a run");
  private static final ReplicaId REPLICA = new ReplicaId(1, 0, 5);
  private static final List<ControlMessage> MESSAGES =
      List.of(
          new Request.OpenRun(
              new RunSpecification(
                  "a run",
                  3,
                  new RunSpecification.Training(
                      100,
                      6,
                      OptimizerConfig.adamW(),
                      new LearningRateSchedule(1e-3f, 1e-4f, 10, 100)),
                  new RunSpecification.Checkpoints("hdfs://höst/step-00000000", "out", 50),
                  RunSpecification.Timeouts.DEFAULT),
              new CoordinatorEndpoint("driver", 40_390, "/dev/shm/x")),
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
          new Request.BlockNorms(REPLICA, 2, 0, 3, new double[] {1, 2.5, Double.POSITIVE_INFINITY}),
          new Request.TensorNorms(REPLICA, 2, 4, 9, 3, List.of(new Request.Piece(2, 0.5, 7))),
          new Request.StepApplied(REPLICA, 2, 3.5, Double.NaN),
          new Request.PartWritten(REPLICA, 2),
          new Request.ReplicaFailed(REPLICA, "the disk is full"),
          new Event.CoordinatorAlive(),
          new Event.ReplicaLost(REPLICA, "silence"),
          new Event.ReplicaJoined(REPLICA),
          new Event.RunOpened(1, 2),
          new Event.JoinRefused(1, 2, "why not"),
          new Event.JoinAccepted(1, 2, new Codecs(Codec.TOP_K, 0.25, Codec.BFLOAT16), List.of(7)),
          new Event.PlanAnnounced(
              9,
              2,
              1,
              true,
              false,
              6,
              2,
              List.of(
                  new Event.Assignment(1, 2, new MicroBatchRange(0, 4)),
                  new Event.Assignment(2, 3, new MicroBatchRange(4, 6))),
              List.of(new Event.Task(1, 2, 7)),
              List.of(REPLICA, new ReplicaId(1, 1, 6)),
              List.of()),
          new Event.StepCommitted(1, false, 0.25f),
          new Event.TensorTrust(1, List.of(1f, 0.5f)),
          new Event.StepDone(1, 2.5, 3.5, 4.5f, 5, true, false),
          new Event.WorkerLost(1, Event.WorkerLost.Cause.LEFT, "silence"),
          new Event.SnapshotPart(1, 2),
          new Event.RunFailed("worker 1 was lost"),
          new Event.RunFinished(7),
          new Event.RunOver(),
          new Event.LeaveHeard(3));

  private final ControlCodec codec = new ControlCodec();

  private byte[] encoded(long run, ControlMessage message) {
    byte[] bytes = new byte[codec.encode(run, message)];
    codec.buffer().getBytes(0, bytes);
    return bytes;
  }

  @Test
  void theSamplesAreOfAllKinds() {
    List<Class<?>> kinds =
        Stream.of(Request.class, Event.class)
            .flatMap(kind -> Arrays.stream(kind.getPermittedSubclasses()))
            .<Class<?>>map(kind -> kind)
            .toList();
    assertThat(MESSAGES.stream().<Class<?>>map(Object::getClass)).containsAll(kinds);
  }

  @Test
  void noFrameThrowsOrTakesMemoryThatItOnlyClaimsOrReadsAsAnother() {
    FrameMutations frames =
        new FrameMutations(3, MESSAGES.stream().map(m -> encoded(RUN, m)).toList());
    int accepted = 0;
    long most = 0;
    for (int i = 0; i < FRAMES; i++) {
      byte[] bytes = frames.next();
      UnsafeBuffer frame = new UnsafeBuffer(bytes);
      if (bytes.length >= BODY && frames.repairs()) {
        bytes[0] = ChunkFrame.VERSION;
        bytes[3] = 0;
        long hash = Checksum.of(frame, BODY, bytes.length - BODY);
        hash = Checksum.mix(hash, frame.getInt(0));
        frame.putLong(16, Checksum.mix(hash, frame.getLong(8)));
      }
      long before = FrameMutations.allocated();
      Optional<ControlCodec.Decoded> decoded = ControlCodec.decode(frame, 0, bytes.length);
      if (i > WARM_UP) {
        most = Math.max(most, FrameMutations.allocated() - before);
      }
      if (decoded.isPresent()) {
        accepted++;
        assertThat(encoded(decoded.get().run(), decoded.get().message()))
            .as("%s", decoded.get())
            .isEqualTo(bytes);
      }
    }
    assertThat(accepted).isBetween(FRAMES / 20, FRAMES - FRAMES / 5);
    assertThat(most).isLessThan(64 << 10); // an exception's stack, or lists of what is there
  }
}
