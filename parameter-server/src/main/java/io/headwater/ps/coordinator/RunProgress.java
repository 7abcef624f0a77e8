package io.headwater.ps.coordinator;

/** Where a run stands: its phase, since when, and at which step the whole model is. */
final class RunProgress {
  private RunPhase phase = RunPhase.LOADING;
  private long sinceNs;
  private long step = -1; // -1: nothing is loaded yet

  RunProgress(long nowNs) {
    sinceNs = nowNs;
  }

  RunPhase phase() {
    return phase;
  }

  boolean is(RunPhase asked) {
    return phase == asked;
  }

  void enter(RunPhase next, long nowNs) {
    phase = next;
    sinceNs = nowNs;
  }

  /** The wait of this phase begins anew. */
  void waitAnew(long nowNs) {
    sinceNs = nowNs;
  }

  /** Time that is not to count as waiting: the coordinator itself was away. */
  void forgive(long awayNs) {
    sinceNs += awayNs;
  }

  long waitedNs(long nowNs) {
    return nowNs - sinceNs;
  }

  long step() {
    return step;
  }

  void moveTo(long newStep) {
    step = newStep;
  }
}
