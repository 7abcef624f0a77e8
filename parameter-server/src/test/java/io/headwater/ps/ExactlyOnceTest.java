package io.headwater.ps;

import static org.assertj.core.api.Assertions.assertThat;

import io.aeron.Aeron;
import io.aeron.logbuffer.BufferClaim;
import io.headwater.ps.client.StepPlan;
import io.headwater.ps.client.WorkerClient;
import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.ps.protocol.PushName;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.RunSpecification.Training;
import io.headwater.ps.server.ParameterServer;
import io.headwater.ps.testing.NaiveTraining;
import io.headwater.ps.testing.RecordedEvents;
import io.headwater.ps.testing.ToyModel;
import io.headwater.ps.testing.ToyRun;
import io.headwater.ps.testing.ToyWorker;
import io.headwater.ps.transport.AeronShardRoute;
import io.headwater.ps.transport.FrameOutlet;
import io.headwater.ps.transport.Routes;
import io.headwater.ps.transport.ShardRoute;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ExactlyOnceTest {
  private static final int STEPS = 5;

  @TempDir Path output;

  /** Sends everything that it should once, and much that it should not. */
  private static final class Stutterer extends ToyWorker {
    private final String runId;
    private final ShardRoute route;
    private FrameOutlet raw;

    Stutterer(WorkerClientConfig config, ShardRoute route) {
      super(config);
      this.runId = config.runId();
      this.route = route;
    }

    @Override
    protected void step(WorkerClient client, StepPlan plan, float[] weights) {
      if (raw == null) {
        raw = route.push();
      }
      forge(RunKey.of("another run"), plan.step(), 0, 1, 1);
      forge(RunKey.of(runId), plan.step(), 0, 1, 2); // an incarnation that never joined
      forge(RunKey.of(runId), plan.step() - 1, 0, 1, 1);
      forge(RunKey.of(runId), plan.step() + STEPS, 0, 1, 1); // never reached
      forge(RunKey.of(runId), plan.step(), 99, 1, 1); // no such node
      forge(RunKey.of(runId), plan.step(), 0, 7, 1); // no such worker
      send(new UnsafeBuffer(new byte[200]));
      MicroBatchRange first = plan.nodes().get(0);
      for (MicroBatchRange node = first; !node.isLeaf(); node = node.left()) {
        push(client, plan, node.right(), weights);
      }
      super.step(client, plan, weights);
      for (MicroBatchRange node : plan.nodes()) {
        push(client, plan, node, weights);
      }
    }

    private void forge(long run, long step, int node, int worker, long incarnation) {
      UnsafeBuffer frame = new UnsafeBuffer(new byte[ChunkFrame.length(ChunkSize.BLOCK)]);
      PushName name = new PushName(run, step, node, worker, incarnation);
      frame.putFloat(ChunkFrame.HEADER_LENGTH, 1e9f);
      ChunkFrame.putPush(frame, 0, name, 0, 0, ChunkSize.BLOCK, 0, Float.BYTES * ChunkSize.BLOCK);
      send(frame);
    }

    private void send(UnsafeBuffer frame) {
      BufferClaim claim = new BufferClaim();
      while (raw.tryClaim(frame.capacity(), claim) < 0) {
        Thread.yield();
      }
      claim.buffer().putBytes(claim.offset(), frame, 0, frame.capacity());
      claim.commit();
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0f, 0.5f})
  void repeatedForeignAndForgedPushesChangeNothing(float clip) throws Exception {
    Training training = ToyRun.training(STEPS, 6, OptimizerConfig.adamW().withGradientClip(clip));
    NaiveTraining naive = new NaiveTraining(training);
    naive.run(STEPS);
    RecordedEvents events = new RecordedEvents();
    double malformed = count("malformed");
    double rejected = count("rejected");
    double duplicate = count("duplicate") + count("dropped_stale");
    try (ParameterServer server = ParameterServer.startEmbedded(1);
        Aeron aeron = Routes.connect(server.endpoints().get(0).aeronDirectory());
        ToyRun run = new ToyRun(server.endpoints())) {
      ShardRoute route = new AeronShardRoute(aeron, server.endpoints().get(0), true);
      String from = ToyModel.writeInitial(output);
      run.open(run.specification(2, training, from, output, 0), events);
      Future<float[]> sound = run.start(new ToyWorker(run.worker(0, 1)));
      Future<float[]> stutterer = run.start(new Stutterer(run.worker(1, 1), route));
      ToyModel.assertSameBits(sound.get(60, TimeUnit.SECONDS), naive.weights());
      ToyModel.assertSameBits(stutterer.get(60, TimeUnit.SECONDS), naive.weights());
      assertThat(events.awaitEnd()).isEqualTo("finished " + STEPS);
    }
    assertThat(count("malformed") - malformed).isEqualTo(STEPS);
    // Another run, a step to come, no such node, no such worker: always. The wrong
    // incarnation has its own publication, so it may come after its chunk was applied, as stale.
    assertThat(count("rejected") - rejected).isBetween(4.0 * STEPS, 5.0 * STEPS);
    assertThat(count("duplicate") + count("dropped_stale") - duplicate).isGreaterThan(STEPS);
  }

  private static double count(String result) {
    Double value =
        CollectorRegistry.defaultRegistry.getSampleValue(
            "headwater_ps_updates_total",
            new String[] {"shard", "result"},
            new String[] {"0", result});
    return value == null ? 0 : value;
  }
}
