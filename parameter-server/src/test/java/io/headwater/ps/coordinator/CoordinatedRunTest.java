package io.headwater.ps.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.optimizer.UpdateGuard;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.Event.WorkerLost.Cause;
import io.headwater.ps.protocol.MicroBatchFigures;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.testing.ToyRun;
import io.prometheus.client.CollectorRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The state machine on a clock that the test turns. */
class CoordinatedRunTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long ELEMENTS = 3L * ChunkSize.BLOCK;
  private static final List<ShardEndpoint> SHARDS =
      List.of(ShardEndpoint.local(0, "here"), ShardEndpoint.local(1, "there"));

  private static final ReplicaId STANDBY = new ReplicaId(0, 1, 1);

  private final List<Event> heard = new ArrayList<>();
  private long now = 1_000 * SECOND;
  private CoordinatedRun run;
  private StepFigures figures; // of the last step

  private void open(long steps, long every) {
    open(steps, every, ELEMENTS);
  }

  private void open(long steps, long every, long elements) {
    RunSpecification specification =
        new RunSpecification(
            "run",
            2,
            ToyRun.training(steps, 4, OptimizerConfig.adamW()),
            new RunSpecification.Checkpoints("from", "to", every),
            ToyRun.timeouts(60, 10));
    run =
        new CoordinatedRun(
            specification, SHARDS, endpoint -> true, UpdateGuard.State.START, this::hear, now);
    run.on(new Request.ReplicaReady(replica(0), elements, 0), now);
    run.on(new Request.ReplicaReady(replica(1), elements, 0), now);
  }

  private void hear(Event event) {
    heard.add(event);
    if (event instanceof Event.StepDone) {
      figures = run.figures();
    }
  }

  private void start(long steps, long every) {
    open(steps, every);
    run.on(new Request.Join(0, 1, ELEMENTS), now);
    run.on(new Request.Join(1, 1, ELEMENTS), now);
  }

  private void complete(long step) {
    for (int m = 0; m < 4; m++) {
      run.on(report(m / 2, step, m, m, 10), now);
    }
    run.on(new Request.BlockNorms(replica(0), step, 0, 0, new double[] {4}), now);
    run.on(new Request.BlockNorms(replica(1), step, 0, 1, new double[] {3, 2}), now);
    run.on(applied(replica(0), step + 1), now);
    run.on(applied(replica(1), step + 1), now);
  }

  /** Lets time pass, everyone named being heard twice a second. */
  private void pass(int seconds, int... workers) {
    for (int i = 0; i < 2 * seconds; i++) {
      now += SECOND / 2;
      for (int worker : workers) {
        run.on(new Request.Heartbeat(worker, 1), now);
      }
      run.on(new Request.ReplicaHeartbeat(replica(0)), now);
      run.on(new Request.ReplicaHeartbeat(replica(1)), now);
      run.tick(now);
    }
  }

  private static ReplicaId replica(int shard) {
    return new ReplicaId(shard, 0, 1);
  }

  private <T extends Event> List<T> heard(Class<T> type) {
    return heard.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private Event last() {
    return heard.get(heard.size() - 1);
  }

  @Test
  void aStepEndsWhenLossesNormsAndShardsAreIn() {
    start(5, 0);
    Event.PlanAnnounced plan = heard(Event.PlanAnnounced.class).get(0);
    assertThat(plan.step()).isZero();
    assertThat(plan.assignments()).extracting(a -> a.microBatches().size()).containsExactly(2, 2);
    complete(0);
    assertThat(heard(Event.StepCommitted.class))
        .containsExactly(new Event.StepCommitted(0, false, (float) (1 / (3 + 1e-6))));
    Event.StepDone done = heard(Event.StepDone.class).get(0);
    assertThat(done.step()).isEqualTo(1);
    assertThat(done.loss()).isEqualTo(1.5);
    assertThat(done.gradientNorm()).isEqualTo(3);
    assertThat(done.tokens()).isEqualTo(40);
    assertThat(done.clipped()).isTrue();
    assertThat(heard(Event.PlanAnnounced.class)).hasSize(2);
  }

  @Test
  void repeatedAndLateReportsCountOnce() {
    start(5, 0);
    complete(0);
    complete(0);
    run.on(report(0, 1, 0, 7, 10), now);
    run.on(report(0, 1, 0, 9, 10), now);
    complete(1);
    assertThat(heard(Event.StepDone.class))
        .extracting(Event.StepDone::step)
        .containsExactly(1L, 2L);
    assertThat(heard(Event.StepDone.class).get(1).loss()).isEqualTo((7 + 1 + 2 + 3) / 4.0);
  }

  @Test
  void aSilentWorkersPartIsHandedOn() {
    start(5, 0);
    pass(9, 0);
    assertThat(heard(Event.WorkerLost.class)).isEmpty();
    pass(2, 0);
    assertThat(heard(Event.WorkerLost.class))
        .containsExactly(new Event.WorkerLost(1, Cause.SILENT, "not heard for 10.5 s"));
    Event.PlanAnnounced anew = (Event.PlanAnnounced) last();
    assertThat(anew.step()).isZero();
    assertThat(anew.revision()).isEqualTo(1);
    assertThat(anew.of(0, 1)).containsExactly(new MicroBatchRange(0, 2), new MicroBatchRange(2, 4));
    assertThat(anew.of(1, 1)).isEmpty();
    complete(0);
    Event.PlanAnnounced next = (Event.PlanAnnounced) last();
    assertThat(next.of(0, 1)).containsExactly(new MicroBatchRange(0, 4));
  }

  @Test
  void aWorkerLostAfterTheCommitIsNotNeeded() {
    start(5, 0);
    for (int m = 0; m < 4; m++) {
      run.on(report(m / 2, 0, m, m, 10), now);
    }
    run.on(new Request.BlockNorms(replica(0), 0, 0, 0, new double[] {4}), now);
    run.on(new Request.BlockNorms(replica(1), 0, 0, 1, new double[] {3, 2}), now);
    assertThat(last()).isInstanceOf(Event.StepCommitted.class);
    run.on(new Request.Leave(1, 1), now);
    assertThat(heard(Event.PlanAnnounced.class)).hasSize(1);
    run.on(applied(replica(0), 1), now);
    run.on(applied(replica(1), 1), now);
    assertThat(((Event.PlanAnnounced) last()).of(0, 1)).containsExactly(new MicroBatchRange(0, 4));
  }

  @Test
  void aWorkerThatComesBackTakesPartFromTheNextStepOn() {
    start(5, 0);
    run.on(new Request.Leave(1, 1), now);
    run.on(new Request.Join(1, 1, ELEMENTS), now);
    assertThat(((Event.JoinRefused) last()).reason()).contains("has joined before");
    run.on(new Request.Join(1, 2, ELEMENTS), now);
    assertThat(heard(Event.PlanAnnounced.class).get(1).of(1, 2)).isEmpty();
    complete(0);
    assertThat(((Event.PlanAnnounced) last()).of(1, 2)).containsExactly(new MicroBatchRange(2, 4));
  }

  @Test
  void aWorkerStartedAgainBeforeItsLeaseEndsTakesItsOwnPlace() {
    start(5, 0);
    run.on(new Request.Join(1, 2, ELEMENTS), now);
    assertThat(heard(Event.WorkerLost.class))
        .containsExactly(new Event.WorkerLost(1, Cause.REPLACED, "it was started again"));
    assertThat(heard(Event.PlanAnnounced.class).get(1).of(1, 1)).isEmpty();
    complete(0);
    assertThat(((Event.PlanAnnounced) last()).of(1, 2)).containsExactly(new MicroBatchRange(2, 4));
  }

  @Test
  void aStepWithoutWorkersWaitsForOne() {
    start(5, 0);
    run.on(new Request.Leave(0, 1), now);
    run.on(new Request.Leave(1, 1), now);
    assertThat(((Event.PlanAnnounced) last()).assignments()).isEmpty();
    pass(30);
    assertThat(run.hasEnded()).isFalse();
    run.on(new Request.Join(1, 2, ELEMENTS), now);
    assertThat(((Event.PlanAnnounced) last()).of(1, 2)).containsExactly(new MicroBatchRange(0, 4));
    run.on(new Request.Leave(1, 2), now);
    pass(61);
    assertThat(heard(Event.RunFailed.class))
        .containsExactly(
            new Event.RunFailed("step 0: all workers are lost, and none has come after 60.5 s"));
  }

  @Test
  void aWorkerLostBeforeTheStartMayComeBack() {
    open(5, 0);
    run.on(new Request.Join(0, 1, ELEMENTS), now);
    pass(11);
    assertThat(heard(Event.WorkerLost.class)).hasSize(1);
    run.on(new Request.Join(0, 2, ELEMENTS), now);
    run.on(new Request.Join(1, 1, ELEMENTS), now);
    assertThat(heard(Event.PlanAnnounced.class).get(0).of(0, 2)).isNotEmpty();
  }

  @Test
  void strangersAndLatecomersAreRefused() {
    open(5, 0);
    run.on(new Request.Join(2, 1, ELEMENTS), now);
    run.on(new Request.Join(0, 1, 7), now);
    assertThat(heard(Event.JoinRefused.class))
        .extracting(Event.JoinRefused::reason)
        .containsExactly(
            "the run has workers 0 to 1", "its model has 7 parameters, the checkpoint " + ELEMENTS);
    run.on(new Request.Join(0, 1, ELEMENTS), now);
    run.on(new Request.Join(1, 1, ELEMENTS), now);
    run.on(new Request.Join(1, 0, ELEMENTS), now);
    assertThat(((Event.JoinRefused) last()).reason()).contains("has joined before");
  }

  @Test
  void aPauseOfTheCoordinatorItselfCostsNobodyTheLease() {
    start(5, 0);
    now += 60 * SECOND;
    run.tick(now);
    assertThat(run.hasEnded()).isFalse();
  }

  @Test
  void aStepThatTakesTooLongNamesWhatIsMissing() {
    start(5, 0);
    run.on(report(0, 0, 0, 1, 1), now);
    run.on(new Request.BlockNorms(replica(0), 0, 0, 0, new double[] {4}), now);
    pass(31, 0, 1);
    assertThat(last())
        .isEqualTo(
            new Event.RunFailed(
                "step 0 still lacks the losses of micro-batches {1, 2, 3}"
                    + " and 2 blocks of the gradient after 30.5 s"));
  }

  @Test
  void theNextSnapshotWaitsForTheOneBefore() {
    start(9, 2);
    complete(0);
    assertThat(((Event.PlanAnnounced) last()).snapshot()).isTrue();
    complete(1);
    complete(2);
    assertThat(heard(Event.PlanAnnounced.class)).hasSize(3);
    run.on(new Request.PartWritten(replica(0), 2), now);
    assertThat(heard(Event.PlanAnnounced.class)).hasSize(3);
    run.on(new Request.PartWritten(replica(1), 2), now);
    assertThat(((Event.PlanAnnounced) last()).step()).isEqualTo(3);
    assertThat(((Event.PlanAnnounced) last()).snapshot()).isTrue();
  }

  @Test
  void aStopFinishesTheStepKeepsASnapshotAndEnds() {
    start(9, 0);
    complete(0);
    run.stop(now);
    assertThat(((Event.PlanAnnounced) last()).finished()).isFalse();
    complete(1);
    Event.PlanAnnounced plan = (Event.PlanAnnounced) last();
    assertThat(plan.step()).isEqualTo(2);
    assertThat(plan.finished()).isTrue();
    assertThat(plan.snapshot()).isTrue();
    run.on(new Request.PartWritten(replica(0), 2), now);
    run.on(new Request.PartWritten(replica(1), 2), now);
    assertThat(last()).isEqualTo(new Event.RunFinished(2));
  }

  @Test
  void aRunIsOverWhenAllHaveLeft() {
    start(1, 0);
    complete(0);
    run.on(new Request.PartWritten(replica(0), 1), now);
    run.on(new Request.PartWritten(replica(1), 1), now);
    run.on(new Request.Leave(0, 1), now);
    assertThat(run.isOver(now)).isFalse();
    run.on(new Request.Leave(1, 1), now);
    assertThat(run.isOver(now)).isTrue();
    run.on(new Request.ReplicaLeave(replica(0)), now);
    assertThat(run.isForgotten()).isFalse();
    run.on(new Request.ReplicaLeave(replica(1)), now);
    assertThat(run.isForgotten()).isTrue();
  }

  /** Shard 0 has two replicas, shard 1 one. */
  private void startReplicated(long steps, long every) {
    List<ShardEndpoint> endpoints =
        List.of(
            ShardEndpoint.local(0, 0, "here"),
            ShardEndpoint.local(0, 1, "over there"),
            ShardEndpoint.local(1, 0, "there"));
    RunSpecification specification =
        new RunSpecification(
            "run",
            1,
            ToyRun.training(steps, 1, OptimizerConfig.adamW()),
            new RunSpecification.Checkpoints("from", "to", every),
            ToyRun.timeouts(60, 10));
    run =
        new CoordinatedRun(
            specification, endpoints, endpoint -> true, UpdateGuard.State.START, heard::add, now);
    run.on(new Request.ReplicaReady(STANDBY, ELEMENTS, 0), now); // before its primary
    run.on(new Request.ReplicaReady(replica(1), ELEMENTS, 0), now);
    run.on(new Request.ReplicaReady(replica(0), ELEMENTS, 0), now);
    run.on(new Request.Join(0, 1, ELEMENTS), now);
  }

  private Event.PlanAnnounced plan() {
    List<Event.PlanAnnounced> plans = heard(Event.PlanAnnounced.class);
    return plans.get(plans.size() - 1);
  }

  private void norms(ReplicaId replica, long step, double first) {
    double[] sums = replica.shard() == 0 ? new double[] {first} : new double[] {3, 2};
    run.on(new Request.BlockNorms(replica, step, 0, replica.shard(), sums), now);
  }

  @Test
  void theFirstPlaceIsThePrimaryWhoeverComesFirst() {
    startReplicated(5, 0);
    assertThat(plan().replicas()).containsExactly(replica(0), STANDBY, replica(1));
    assertThat(plan().isPrimary(replica(0))).isTrue();
    assertThat(plan().isPrimary(STANDBY)).isFalse();
  }

  @Test
  void aStepIsCommittedWhenEveryReplicaHoldsItsGradient() {
    startReplicated(5, 0);
    run.on(report(0, 0, 0, 1, 10), now);
    norms(replica(0), 0, 4);
    norms(replica(1), 0, 0);
    assertThat(heard(Event.StepCommitted.class)).isEmpty();
    norms(STANDBY, 0, 4);
    assertThat(heard(Event.StepCommitted.class)).hasSize(1);
    run.on(applied(replica(0), 1), now);
    run.on(applied(replica(1), 1), now);
    assertThat(heard(Event.StepDone.class)).isEmpty();
    run.on(applied(STANDBY, 1), now);
    assertThat(heard(Event.StepDone.class)).hasSize(1);
  }

  @Test
  void whatALostPrimaryHadIsNotWaitedFor() {
    startReplicated(5, 0);
    run.on(report(0, 0, 0, 1, 10), now);
    norms(STANDBY, 0, 4);
    norms(replica(1), 0, 0);
    run.on(new Request.ReplicaLeave(replica(0)), now);
    assertThat(heard(Event.ReplicaLost.class)).hasSize(1);
    assertThat(plan().revision()).isEqualTo(1);
    assertThat(plan().isPrimary(STANDBY)).isTrue();
    assertThat(heard(Event.StepCommitted.class)).hasSize(1);
    assertThat(run.absent()).extracting(ShardEndpoint::replica).containsExactly(0);
  }

  @Test
  void aReplicaThatComesBackIsANewcomerOfTheNextStep() {
    startReplicated(5, 0);
    run.on(new Request.ReplicaLeave(replica(0)), now);
    run.on(new Request.ReplicaReady(replica(0), ELEMENTS, 0), now);
    ReplicaId again = new ReplicaId(0, 0, 2);
    run.on(new Request.ReplicaReady(again, ELEMENTS, 0), now);
    assertThat(plan().replicas()).containsExactly(STANDBY, replica(1));
    run.on(report(0, 0, 0, 1, 10), now);
    norms(STANDBY, 0, 4);
    norms(replica(1), 0, 0);
    run.on(applied(STANDBY, 1), now);
    run.on(applied(replica(1), 1), now);
    assertThat(plan().step()).isEqualTo(1);
    assertThat(plan().replicas()).containsExactly(STANDBY, again, replica(1));
    assertThat(plan().newcomers()).containsExactly(again);
    run.on(new Request.ReplicaLeave(STANDBY), now);
    assertThat(((Event.RunFailed) last()).reason()).contains("no other has its state");
  }

  @Test
  void aStandbyWithOtherSumsThanItsPrimaryIsGivenUp() {
    startReplicated(5, 0);
    norms(replica(0), 0, 4);
    norms(STANDBY, 0, 4.000001);
    assertThat(heard(Event.ReplicaLost.class))
        .extracting(Event.ReplicaLost::replica)
        .containsExactly(STANDBY);
  }

  @Test
  void aSnapshotLostWithItsWriterIsTakenAgainAtTheNextStep() {
    startReplicated(9, 2);
    applyReplicated(0);
    assertThat(plan().snapshot()).isTrue();
    applyReplicated(1);
    run.on(new Request.PartWritten(replica(1), 2), now);
    assertThat(plan().snapshot()).isFalse();
    run.on(new Request.ReplicaLeave(replica(0)), now);
    run.on(report(0, 2, 0, 1, 10), now);
    norms(STANDBY, 2, 4);
    norms(replica(1), 2, 0);
    run.on(applied(STANDBY, 3), now);
    run.on(applied(replica(1), 3), now);
    assertThat(plan().step()).isEqualTo(3);
    assertThat(plan().snapshot()).isTrue();
  }

  private void finishReplicated() {
    startReplicated(1, 0);
    applyReplicated(0);
    run.on(new Request.PartWritten(replica(0), 1), now);
    run.on(new Request.PartWritten(replica(1), 1), now);
    assertThat(run.hasEnded()).isTrue();
  }

  @Test
  void afterTheEndAPauseOfTheCoordinatorCostsNoReplicaItsLeaseEither() {
    finishReplicated();
    now += 60 * SECOND;
    run.tick(now);
    assertThat(plan().replicas()).containsExactly(replica(0), STANDBY, replica(1));
  }

  /** A worker may still lack its last weights, and one that is silent may wake. */
  @Test
  void afterTheEndNoShardIsLeftWithoutAReplica() {
    finishReplicated();
    for (int second = 0; second < 20; second++) {
      now += SECOND;
      run.tick(now);
    }
    assertThat(plan().replicas()).containsExactly(STANDBY, replica(1));
  }

  private void applyReplicated(long step) {
    run.on(report(0, step, 0, 1, 10), now);
    for (ReplicaId replica : List.of(replica(0), STANDBY, replica(1))) {
      norms(replica, step, 4);
    }
    for (ReplicaId replica : List.of(replica(0), STANDBY, replica(1))) {
      run.on(applied(replica, step + 1), now);
    }
  }

  @Test
  void shardsThatLoadedDifferentCheckpointsDoNotStart() {
    run =
        new CoordinatedRun(
            new RunSpecification(
                "run",
                1,
                ToyRun.training(1, 1, OptimizerConfig.sgd()),
                new RunSpecification.Checkpoints("from", "to", 0),
                ToyRun.timeouts(60, 10)),
            SHARDS,
            endpoint -> true,
            UpdateGuard.State.START,
            heard::add,
            now);
    run.on(new Request.ReplicaReady(replica(0), ELEMENTS, 3), now);
    run.on(new Request.ReplicaReady(replica(1), ELEMENTS, 4), now);
    assertThat(((Event.RunFailed) last()).reason()).contains("another checkpoint");
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE})
  void aModelOfNoPossibleSizeFailsTheRunInsteadOfTheCoordinator(long elements) {
    open(5, 0, elements);
    assertThat(last()).isInstanceOf(Event.RunFailed.class);
    assertThat(((Event.RunFailed) last()).reason()).contains("shard 0", Long.toString(elements));
  }

  @Test
  void countsWorkersByWhatIsKnownOfThem() {
    open(5, 0);
    run.announceState(now);
    assertThat(workers("starting")).isEqualTo(2);
    run.on(new Request.Join(0, 1, ELEMENTS), now);
    run.on(new Request.Join(1, 1, ELEMENTS), now);
    assertThat(workers("ready")).isEqualTo(2);
    assertThat(workers("starting")).isZero();

    pass(6, 0); // more than half of the lease of 10 s
    run.announceState(now);
    assertThat(workers("ready")).isEqualTo(1);
    assertThat(workers("suspect")).isEqualTo(1);
    pass(6, 0);
    run.announceState(now);
    assertThat(workers("ready")).isEqualTo(1);
    assertThat(workers("suspect")).isZero();
    assertThat(workers("lost")).isEqualTo(1);
    assertThat(workers("starting")).isZero();
  }

  private static double workers(String state) {
    return CollectorRegistry.defaultRegistry.getSampleValue(
        "headwater_workers", new String[] {"state"}, new String[] {state});
  }

  @Test
  void tellsWhatAStepWasLike() {
    start(5, 0);
    for (int m = 3; m >= 0; m--) { // worker 0 is the last
      MicroBatchFigures figures =
          new MicroBatchFigures(List.of(m + 1.0, 0.5), 1, 10, 1e9, m / 2 + 0.25);
      run.on(new Request.LossReport(m / 2, 0, m, figures), now);
    }
    run.on(new Request.BlockNorms(replica(0), 0, 0, 0, new double[] {4}), now);
    run.on(new Request.BlockNorms(replica(1), 0, 0, 1, new double[] {3, 2}), now);
    run.on(new Request.StepApplied(replica(0), 1, 9, 0.04), now);
    run.on(new Request.StepApplied(replica(1), 1, 7, 0.05), now);
    assertThat(heard(Event.StepDone.class).get(0).loss()).isEqualTo(3);
    assertThat(figures).isEqualTo(new StepFigures(List.of(2.5, 0.5), 4e9, 0.5, 4, 0.3));

    complete(1);
    assertThat(figures.losses()).containsExactly(1.5);
    assertThat(figures.weightNorm()).isNaN();
    assertThat(figures.updateNorm()).isNaN();
  }

  @Test
  void countsTheStepWhoseLossIsNotFinite() {
    start(5, 0);
    double before = nonFiniteSteps();
    run.on(report(0, 0, 0, Double.NaN, 10), now);
    assertThat(((Event.RunFailed) last()).reason()).contains("micro-batch 0 (worker 0) is NaN");
    assertThat(nonFiniteSteps()).isEqualTo(before + 1);
  }

  private static double nonFiniteSteps() {
    return CollectorRegistry.defaultRegistry.getSampleValue("headwater_nonfinite_steps_total");
  }

  private static Request.LossReport report(
      int worker, long step, int microBatch, double loss, long tokens) {
    return new Request.LossReport(worker, step, microBatch, MicroBatchFigures.of(loss, 1, tokens));
  }

  private static Request.StepApplied applied(ReplicaId replica, long step) {
    return new Request.StepApplied(replica, step, Double.NaN, Double.NaN);
  }
}
