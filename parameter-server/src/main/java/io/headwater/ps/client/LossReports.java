package io.headwater.ps.client;

import io.headwater.ps.protocol.Request;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.NanoClock;

/** What a worker has said about its micro-batches, and says again while nothing follows from it. */
final class LossReports {
  private static final long REPORT_NS = 500_000_000L;

  private final CoordinatorWatch coordinator;
  private final NanoClock clock;
  private final List<Request.LossReport> reports = new ArrayList<>();
  private long saidNs;

  LossReports(CoordinatorWatch coordinator, NanoClock clock) {
    this.coordinator = coordinator;
    this.clock = clock;
  }

  void clear() {
    reports.clear();
  }

  void send(Request.LossReport report) {
    reports.add(report);
    saidNs = clock.nanoTime();
    coordinator.send(report);
  }

  /** A message may get lost. */
  void repeat() {
    long nowNs = clock.nanoTime();
    if (nowNs - saidNs > REPORT_NS) {
      saidNs = nowNs;
      reports.forEach(coordinator::send);
    }
  }
}
