package io.headwater.ps.simulation;

import io.headwater.ps.client.SimulatedWorker;
import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.server.SimulatedShard;
import io.headwater.ps.simulation.SimulatedNetwork.Faults;
import io.headwater.ps.transport.ControlSender;
import io.headwater.ps.transport.LeadLink;
import io.headwater.ps.transport.ShardRoute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.CloseHelper;

/**
 * A whole run, workers, shards and driver, in one thread and in simulated time: the same seed gives
 * the same schedule of faults, to the last bit.
 */
final class SimulatedRun implements AutoCloseable {
  /** What happens to workers, in events per simulated second and worker. */
  record WorkerFaults(double killed, double stopped) {
    static final WorkerFaults NONE = new WorkerFaults(0, 0);
  }

  private static final long TURN_NS = 200_000;
  private static final long QUIET_TURN_NS = 5_000_000;
  private static final long LONGEST_STOP_NS = 9_000_000_000L; // the lease is 5 s
  private static final long RESTART_NS = 1_500_000_000L;
  private static final long REPEAT_NS = 300_000_000L;
  private static final long MOST_NS = 600_000_000_000L;

  /** A worker's place, whoever holds it. */
  private static final class Place {
    final int worker;
    SimulatedWorker occupant; // null: nobody
    long incarnation;
    long awayUntilNs; // stopped, or not restarted yet

    Place(int worker) {
      this.worker = worker;
    }
  }

  private final SimulatedNetwork network;
  private final Random random;
  private final WorkerFaults workerFaults;
  private final RunSpecification specification;
  private final List<ShardEndpoint> endpoints = new ArrayList<>();
  private final List<SimulatedShard> shards = new ArrayList<>();
  private final List<Place> places = new ArrayList<>();
  private final List<ControlSender> toShards = new ArrayList<>();
  private final LeadLink lead;
  private boolean opened;
  private String ending = "";
  private long saidNs = -REPEAT_NS;
  private int lost;
  private long turnNs = TURN_NS;
  private long delivered;

  SimulatedRun(
      long seed, RunSpecification run, int shardCount, Faults faults, WorkerFaults workerFaults) {
    this.specification = run;
    this.workerFaults = workerFaults;
    network = new SimulatedNetwork(seed, faults);
    random = new Random(~seed);
    for (int shard = 0; shard < shardCount; shard++) {
      endpoints.add(ShardEndpoint.udp(shard, "shard.invalid", 20_000 + 10 * shard));
    }
    ShardEndpoint leadShard = endpoints.get(0);
    for (int shard = 0; shard < shardCount; shard++) {
      ShardRoute end = network.to(endpoints.get(shard));
      shards.add(new SimulatedShard(endpoints, shard, end, network.to(leadShard), network));
      toShards.add(new ControlSender(end.requests()));
    }
    lead = new LeadLink(network.to(leadShard), network, this::onEvent);
    lead.follow(RunKey.of(run.runId()));
    for (int worker = 0; worker < run.workers(); worker++) {
      places.add(new Place(worker));
    }
  }

  /**
   * Goes on until the run has ended and all workers that are there know.
   *
   * @return the weights that these ended with
   */
  List<float[]> run() {
    while (ending.isEmpty() || !places.stream().allMatch(SimulatedRun::isDone)) {
      if (network.nanoTime() > MOST_NS) {
        throw new AssertionError(
            "no end within " + MOST_NS / 1_000_000_000L + " simulated seconds");
      }
      if (ending.startsWith("failed")) {
        throw new AssertionError(ending);
      }
      turn();
    }
    return places.stream()
        .filter(place -> place.occupant != null)
        .map(place -> place.occupant.weights())
        .toList();
  }

  /** Workers killed, or stopped for so long that others did their part. */
  int lostWorkers() {
    return lost;
  }

  SimulatedNetwork network() {
    return network;
  }

  private void turn() {
    drive();
    for (SimulatedShard shard : shards) {
      shard.doWork();
      network.flush();
    }
    for (Place place : places) {
      work(place);
      network.flush();
    }
    turnNs = network.delivered() == delivered ? QUIET_TURN_NS : TURN_NS;
    delivered = network.delivered();
    network.advance(turnNs);
  }

  private static boolean isDone(Place place) {
    return place.occupant == null || place.occupant.isFinished();
  }

  private void drive() {
    if (network.nanoTime() - saidNs > REPEAT_NS) {
      saidNs = network.nanoTime();
      if (!opened) {
        toShards.forEach(
            shard ->
                shard.trySend(
                    RunKey.of(specification.runId()), new Request.OpenRun(specification)));
      }
      lead.trySend(new Request.Heartbeat(Request.Role.DRIVER, 0, 0));
    }
    lead.poll();
  }

  private void onEvent(Event event) {
    opened |= event instanceof Event.RunOpened;
    if (event instanceof Event.RunFailed failed) {
      ending = "failed: " + failed.reason();
    } else if (event instanceof Event.RunFinished) {
      ending = "finished";
    } else if (event instanceof Event.WorkerLost) {
      lost++;
    }
  }

  private void work(Place place) {
    if (network.nanoTime() < place.awayUntilNs) {
      return;
    }
    if (place.occupant == null) {
      if (!ending.isEmpty()) {
        return;
      }
      start(place);
    }
    try {
      place.occupant.doWork();
    } catch (ParameterServerException e) {
      leave(place); // it was given up while it was stopped
      return;
    }
    boolean mayFail = ending.isEmpty() && !place.occupant.isFinished();
    if (mayFail && happens(workerFaults.killed)) {
      leave(place);
    } else if (mayFail && happens(workerFaults.stopped)) {
      place.awayUntilNs = network.nanoTime() + (long) (random.nextDouble() * LONGEST_STOP_NS);
    }
  }

  private boolean happens(double perSecond) {
    return perSecond > 0 && random.nextDouble() < perSecond * turnNs * 1e-9;
  }

  private void start(Place place) {
    WorkerClientConfig config =
        new WorkerClientConfig(
            specification.runId(),
            place.worker,
            ++place.incarnation,
            endpoints,
            Duration.ofMinutes(10),
            Duration.ofSeconds(30));
    place.occupant =
        new SimulatedWorker(config, endpoints.stream().map(network::to).toList(), network);
  }

  private void leave(Place place) {
    CloseHelper.quietClose(place.occupant);
    place.occupant = null;
    place.awayUntilNs = network.nanoTime() + (long) (random.nextDouble() * RESTART_NS);
  }

  @Override
  public void close() {
    CloseHelper.quietCloseAll(shards);
    places.forEach(place -> CloseHelper.quietClose(place.occupant));
  }
}
