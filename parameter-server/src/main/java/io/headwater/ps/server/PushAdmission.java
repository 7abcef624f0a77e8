package io.headwater.ps.server;

import io.headwater.ps.PsMetrics;
import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.Event.Assignment;
import io.headwater.ps.protocol.Event.PlanAnnounced;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardRange;
import io.headwater.ps.protocol.SummationTree;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import java.util.Arrays;

/**
 * Which pushed chunks a replica takes into its sums: those of the step under way, from workers that
 * its newest plan names in their incarnations, whose elements can be read. Counts the others. On
 * the replica's thread.
 */
final class PushAdmission implements AutoCloseable {
  /** What is to be done with a pushed chunk. */
  enum Verdict {
    TAKE,
    /** What it hangs on is not known yet: it stays in the log buffer. */
    LATER,
    DROP
  }

  private final RunSpecification.Training training;
  private final ShardModel model;
  private final ShardRange range;
  private final SummationTree tree;
  private final PushedElements elements;
  private final long[] incarnations; // by worker
  private final Counter.Child stale;
  private final Counter.Child rejected;
  private final Counter.Child malformed;
  private final Counter.Child bytesIn;
  private final Gauge.Child compression;

  PushAdmission(RunSpecification run, ShardModel model, SummationTree tree) {
    this.training = run.training();
    this.model = model;
    this.tree = tree;
    range = model.range();
    elements = new PushedElements(range, model.layout().elements());
    incarnations = new long[run.workers()];
    stale = PsMetrics.updates(model.shard(), "dropped_stale");
    rejected = PsMetrics.updates(model.shard(), "rejected");
    malformed = PsMetrics.updates(model.shard(), "malformed");
    bytesIn = PsMetrics.bytesIn(model.shard());
    compression = PsMetrics.compression(model.shard());
  }

  /** Takes note of who may push. */
  void onPlan(PlanAnnounced plan) {
    Arrays.fill(incarnations, -1);
    for (Assignment assignment : plan.assignments()) {
      if (assignment.worker() >= 0 && assignment.worker() < incarnations.length) {
        incarnations[assignment.worker()] = assignment.incarnation();
      }
    }
  }

  /**
   * Judges a chunk.
   *
   * @param plan of the step, or of an earlier one; null: none is known
   */
  Verdict judge(ChunkFrame push, long step, PlanAnnounced plan) {
    if (!isValid(push)) {
      return drop(rejected);
    }
    if (push.step() < model.chunkStep(push.chunk())) {
      return drop(stale);
    }
    if (push.step() != step) {
      return drop(rejected);
    }
    if (plan == null || plan.step() != step) {
      return Verdict.LATER;
    }
    if (training.isAsynchronous() && plan.assignments().isEmpty()) {
      return Verdict.LATER; // whose turn it is, is on its way
    }
    if (plan.finished() || incarnations[push.worker()] != push.incarnation()) {
      return drop(rejected);
    }
    elements.wrap(push);
    if (!elements.isReachable()) {
      return drop(rejected);
    }
    if (!elements.isDecodable()) {
      return drop(malformed);
    }
    int whole = ChunkFrame.length(push.count());
    int length = push.vector() == 0 ? push.length() : whole;
    bytesIn.inc(length);
    compression.set((double) whole / length);
    return Verdict.TAKE;
  }

  private static Verdict drop(Counter.Child counter) {
    counter.inc();
    return Verdict.DROP;
  }

  private boolean isValid(ChunkFrame push) {
    return push.shard() == model.shard()
        && push.chunk() >= 0
        && push.chunk() < range.chunks()
        && push.count() == range.chunkCount(push.chunk())
        && tree.contains(push.node())
        && push.worker() >= 0
        && push.worker() < incarnations.length;
  }

  /** Those of the chunk judged last, if it is to be taken. */
  PushedElements elements() {
    return elements;
  }

  @Override
  public void close() {
    elements.close();
  }
}
