package io.headwater.driver.run;

import io.headwater.driver.status.RunOverview;
import io.headwater.driver.status.RunStatus;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The states that a run goes through, told to the log, to Prometheus and to its status. */
public final class RunStates {
  private static final Logger LOG = LoggerFactory.getLogger(RunStates.class);

  private final String runId;
  private final RunStatus status;
  private RunState state = RunState.SUBMITTED;

  /** Of a run that was submitted just now. */
  public RunStates(RunOverview run) {
    runId = run.runId();
    status = new RunStatus(run, BuildInfo.current().version(), Clock.systemUTC());
    RunMetrics.state(state);
  }

  public synchronized void enter(RunState next) {
    LOG.info("Run {}: {} -> {}", runId, state, next);
    state = next;
    RunMetrics.state(next);
    status.enter(next.label());
  }

  public synchronized void fail(RuntimeException reason) {
    status.fail(String.valueOf(reason.getMessage()));
    enter(RunState.FAILED);
  }

  public RunStatus status() {
    return status;
  }
}
