package io.headwater.ps.coordinator;

import io.headwater.ps.optimizer.UpdateGuard;
import io.headwater.ps.protocol.ControlMessage;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.transport.ControlReceiver;
import io.headwater.ps.transport.ControlSender;
import io.headwater.ps.transport.CoordinatorEnd;
import io.headwater.ps.transport.MessageOutlet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.agrona.concurrent.NanoClock;

/**
 * The coordinator of one run: tells absent replicas to open it, hears requests, announces what
 * follows. It never waits; for one thread.
 */
final class Coordinator {
  private static final long TICK_NS = 50_000_000L;
  private static final long REPEAT_NS = 300_000_000L;
  private static final long ANNOUNCE_NS = 1_000_000_000L;
  private static final long FAREWELL_NS = 1_000_000_000L;

  private final long key;
  private final Request.OpenRun order;
  private final NanoClock clock;
  private final Consumer<Event> listener;
  private final ControlReceiver requests;
  private final List<ControlSender> events = new ArrayList<>();
  private final Map<ShardEndpoint, ControlSender> shards = new LinkedHashMap<>();
  private final CoordinatedRun run;
  private long tickedNs;
  private long openedNs;
  private long announcedNs;
  private long overNs; // 0: not over

  /**
   * @param self where others reach this coordinator
   * @param ends its own end of each transport that it serves
   * @param toShard the way of requests to a replica
   * @param listener hears each event, besides all others
   */
  Coordinator(
      RunSpecification specification,
      CoordinatorEndpoint self,
      List<ShardEndpoint> endpoints,
      List<CoordinatorEnd> ends,
      Function<ShardEndpoint, MessageOutlet> toShard,
      UpdateGuard.State guardState,
      NanoClock clock,
      Consumer<Event> listener) {
    this.clock = clock;
    this.listener = listener;
    key = RunKey.of(specification.runId());
    order = new Request.OpenRun(specification, self);
    requests =
        new ControlReceiver(
            ends.stream().map(CoordinatorEnd::listenForRequests).toList(), this::onMessage);
    ends.forEach(end -> events.add(new ControlSender(end.publishEvents())));
    for (ShardEndpoint endpoint : endpoints) {
      shards.put(endpoint, new ControlSender(toShard.apply(endpoint)));
    }
    long nowNs = clock.nanoTime();
    openedNs = nowNs - REPEAT_NS;
    run =
        new CoordinatedRun(
            specification,
            endpoints,
            endpoint -> shards.get(endpoint).isConnected(),
            guardState,
            this::announce,
            nowNs);
  }

  /** Hears, sees to time, sends; returns the amount of work. */
  int doWork() {
    long nowNs = clock.nanoTime();
    int work = requests.poll();
    for (int i = 0; i < events.size(); i++) {
      ControlSender sender = events.get(i);
      if (!sender.isEmpty() && !sender.isConnected()) {
        sender.clear(); // nobody listens over this transport
      }
      work += sender.flush();
    }
    if (nowNs - tickedNs > TICK_NS) {
      tickedNs = nowNs;
      run.tick(nowNs);
      tellOver(nowNs);
      openAbsent(nowNs);
      if (run.hasEnded() || nowNs - announcedNs > ANNOUNCE_NS) {
        announcedNs = nowNs;
        run.announceState(nowNs);
      }
    }
    return work;
  }

  private void openAbsent(long nowNs) {
    if (nowNs - openedNs >= REPEAT_NS) {
      openedNs = nowNs;
      run.absent().forEach(endpoint -> shards.get(endpoint).trySend(key, order));
    }
  }

  private void tellOver(long nowNs) {
    if (run.isOver(nowNs)) {
      overNs = overNs == 0 ? nowNs : overNs;
      announce(new Event.RunOver()); // until the shards have left, or should have
    }
  }

  /** Finishes the current step, keeps a snapshot and ends the run. */
  void stop() {
    run.stop(clock.nanoTime());
  }

  /** What the guard of updates knows after the last step. */
  UpdateGuard.State guardState() {
    return run.guardState();
  }

  /** What the last step was like; to be asked when it is done. */
  StepFigures figures() {
    return run.figures();
  }

  /** Ends the run before its time. */
  void fail(String reason) {
    run.fail(reason, clock.nanoTime());
  }

  /** Whether the run has ended and everyone concerned knows. */
  boolean isDone() {
    return overNs != 0 && (run.isForgotten() || clock.nanoTime() - overNs > FAREWELL_NS);
  }

  private void onMessage(long runKey, ControlMessage message) {
    if (runKey == key && message instanceof Request request) {
      run.on(request, clock.nanoTime());
    }
  }

  private void announce(Event event) {
    for (int i = 0; i < events.size(); i++) {
      events.get(i).send(key, event);
    }
    listener.accept(event);
  }
}
