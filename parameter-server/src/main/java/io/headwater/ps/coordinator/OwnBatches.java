package io.headwater.ps.coordinator;

import io.headwater.ps.PsMetrics;
import io.headwater.ps.protocol.Event.Assignment;
import io.headwater.ps.protocol.Event.Task;
import io.headwater.ps.protocol.MicroBatchRange;
import io.headwater.ps.protocol.Request.LossReport;
import io.headwater.ps.protocol.RunSpecification;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/*
 * Every batch is an update exactly once, in the order in which they are done. A worker that is lost
 * gives its batch back, and the next one who has nothing to do takes it up. With a staleness of s no
 * batch is begun while one more than s before it is not in the weights: so the weights that a gradient
 * is computed from lack at most s of the batches before its own.
 */
/** Workers do not keep step: each computes a whole batch of its own, and is an update when done. */
final class OwnBatches implements WorkSharing {
  private static final class Work {
    final long incarnation;
    final long batch;
    final long begun; // step that was open
    final LossLedger losses;

    Work(long incarnation, long batch, long begun, LossLedger losses) {
      this.incarnation = incarnation;
      this.batch = batch;
      this.begun = begun;
      this.losses = losses;
    }
  }

  private final RunSpecification.Training training;
  private final Membership members;
  private final Map<Integer, Work> works = new TreeMap<>(); // by worker
  private final ArrayDeque<Integer> done = new ArrayDeque<>(); // workers, in order
  private final TreeSet<Long> givenBack = new TreeSet<>();
  private final LossLedger none;
  private long next = -1; // batch that nobody has begun
  private long open; // step
  private List<Task> tasks = List.of();
  private int contributor = -1; // worker whose batch the step is made of

  OwnBatches(RunSpecification.Training training, Membership members) {
    this.training = training;
    this.members = members;
    none = new LossLedger(training.microBatches());
  }

  @Override
  public void open(long step) {
    if (next < 0) {
      next = step;
    }
    Work made = works.remove(contributor);
    if (made != null) {
      PsMetrics.staleness(step - 1 - made.begun);
    }
    open = step;
    contributor = -1;
    takeBack();
    handOut();
    choose();
    tasks = list();
  }

  @Override
  public boolean onLoss(LossReport report) {
    Work work = works.get(report.worker());
    if (work == null || work.batch != report.step() || !work.losses.onLoss(report)) {
      return false;
    }
    if (work.losses.isComplete()) {
      done.add(report.worker());
    }
    return choose();
  }

  @Override
  public boolean onMembers(boolean committed) {
    List<Task> before = tasks;
    int chosenBefore = contributor;
    boolean lostContributor = contributor >= 0 && !isThere(contributor);
    if (lostContributor && !committed) {
      contributor = -1;
    }
    takeBack();
    handOut();
    choose();
    tasks = list();
    return contributor != chosenBefore || !tasks.equals(before);
  }

  private boolean isThere(int worker) {
    return members.isPresent(worker, works.get(worker).incarnation);
  }

  /** Batches of workers that are gone are for others; not the one that is committed already. */
  private void takeBack() {
    List<Integer> gone =
        works.keySet().stream().filter(w -> w != contributor && !isThere(w)).toList();
    for (int worker : gone) {
      givenBack.add(works.remove(worker).batch);
      done.remove(worker);
    }
  }

  private void handOut() {
    for (int worker : members.present()) {
      boolean free = !works.containsKey(worker);
      if (free && !givenBack.isEmpty()) {
        begin(worker, givenBack.pollFirst());
      } else if (free && next < training.steps() && next - oldest() <= training.staleness()) {
        begin(worker, next++);
      }
    }
  }

  private void begin(int worker, long batch) {
    works.put(
        worker,
        new Work(
            members.incarnation(worker), batch, open, new LossLedger(training.microBatches())));
  }

  /** The first batch that is not in the weights. */
  private long oldest() {
    long oldest = givenBack.isEmpty() ? next : givenBack.first();
    for (Work work : works.values()) {
      oldest = Math.min(oldest, work.batch);
    }
    return oldest;
  }

  private boolean choose() {
    if (contributor >= 0 || done.isEmpty()) {
      return false;
    }
    contributor = done.poll();
    return true;
  }

  @Override
  public List<Assignment> assignments() {
    return contributor < 0
        ? List.of()
        : List.of(
            new Assignment(
                contributor,
                works.get(contributor).incarnation,
                new MicroBatchRange(0, training.microBatches())));
  }

  @Override
  public List<Task> tasks() {
    return tasks;
  }

  private List<Task> list() {
    List<Task> all = new ArrayList<>();
    for (int worker : members.present()) {
      Work work = works.get(worker);
      long incarnation = members.incarnation(worker);
      boolean busy = work != null && work.incarnation == incarnation;
      all.add(new Task(worker, incarnation, busy ? work.batch : Task.NONE));
    }
    return all;
  }

  @Override
  public boolean startsAnew(List<Assignment> before) {
    return !before.isEmpty() && !before.equals(assignments()); // some of another's may be there
  }

  @Override
  public boolean isOrphaned() {
    return members.isEmpty();
  }

  @Override
  public LossLedger losses() {
    return contributor < 0 ? none : works.get(contributor).losses;
  }
}
