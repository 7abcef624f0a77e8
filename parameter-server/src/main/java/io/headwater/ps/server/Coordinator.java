package io.headwater.ps.server;

import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.transport.ControlSender;
import java.util.List;
import java.util.Optional;

/** The lead shard's second role: opens runs, one after the other, and speaks for them. */
final class Coordinator {
  private static final long TICK_NS = 50_000_000L;
  private static final long ANNOUNCE_NS = 1_000_000_000L;

  private final List<ShardEndpoint> shards;
  private final List<ControlSender> events;
  private CoordinatedRun run;
  private String runId;
  private long runKey;
  private long tickedNs;
  private long announcedNs;

  Coordinator(List<ShardEndpoint> shards, List<ControlSender> events) {
    this.shards = shards;
    this.events = events;
  }

  void on(long key, Request request, long nowNs) {
    if (request instanceof Request.OpenRun open && key == RunKey.of(open.run().runId())) {
      open(key, open.run(), nowNs);
    }
    if (run != null && key == runKey) {
      run.on(request, nowNs);
    }
  }

  /** Sends what waits and sees to time; returns the amount of work. */
  int doWork(long nowNs) {
    int work = 0;
    for (int i = 0; i < events.size(); i++) {
      ControlSender sender = events.get(i);
      if (!sender.isEmpty() && !sender.isConnected()) {
        sender.clear(); // nobody listens over this transport
      }
      work += sender.flush();
    }
    if (run != null && nowNs - tickedNs > TICK_NS) {
      tickedNs = nowNs;
      run.tick(nowNs);
      if (nowNs - announcedNs > ANNOUNCE_NS) {
        announcedNs = nowNs;
        run.announceState(nowNs);
      }
    }
    return work;
  }

  /** How the run ended, once everyone concerned has heard it. */
  Optional<RunOutcome> outcome(long nowNs) {
    return run != null && run.isOver(nowNs) && events.stream().allMatch(ControlSender::isEmpty)
        ? run.outcome()
        : Optional.empty();
  }

  private void open(long key, RunSpecification specification, long nowNs) {
    if (run != null && key == runKey) {
      return;
    }
    if (run != null && !run.hasEnded()) {
      announce(key, new Event.RunFailed("the parameter server is busy with run " + runId));
      return;
    }
    runId = specification.runId();
    runKey = key;
    run = new CoordinatedRun(specification, shards, event -> announce(key, event), nowNs);
  }

  private void announce(long key, Event event) {
    for (int i = 0; i < events.size(); i++) {
      events.get(i).send(key, event);
    }
  }
}
