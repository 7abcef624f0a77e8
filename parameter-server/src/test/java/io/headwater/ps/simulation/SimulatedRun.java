package io.headwater.ps.simulation;

import io.headwater.ps.client.SimulatedWorker;
import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.coordinator.SimulatedCoordinator;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.RunFailedException;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.security.Peer;
import io.headwater.ps.security.RunSecurity;
import io.headwater.ps.server.SimulatedShard;
import io.headwater.ps.simulation.SimulatedNetwork.Faults;
import io.headwater.ps.transport.CoordinatorEnd;
import io.headwater.ps.transport.CoordinatorRoute;
import io.headwater.ps.transport.Protection;
import io.headwater.ps.transport.ShardEnd;
import io.headwater.ps.transport.ShardRoute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.agrona.CloseHelper;

/**
 * A whole run, workers, replicas of shards and coordinator, in one thread and in simulated time:
 * the same seed gives the same schedule of faults, to the last bit.
 */
final class SimulatedRun implements AutoCloseable {
  /** What happens to processes, in events per simulated second and process. */
  record ProcessFaults(double killed, double stopped) {
    static final ProcessFaults NONE = new ProcessFaults(0, 0);
  }

  private static final CoordinatorEndpoint COORDINATOR =
      CoordinatorEndpoint.udp("driver.invalid", 20_000);
  private static final long TURN_NS = 200_000;
  private static final long QUIET_TURN_NS = 5_000_000;
  private static final long LONGEST_STOP_NS = 9_000_000_000L; // the lease is 5 s
  private static final long RESTART_NS = 1_500_000_000L;
  private static final long RECOVERY_NS = 7_000_000_000L; // until who was away is missed and back
  private static final long MOST_NS = 600_000_000_000L;

  /** A process's place, whoever holds it: killed and started again, stopped and woken. */
  private final class Place<T extends AutoCloseable> {
    final LongFunction<T> starter; // by incarnation
    final Consumer<T> work;
    T occupant; // null: nobody
    long incarnation;
    long awayUntilNs = -RECOVERY_NS; // stopped, or not restarted yet

    Place(LongFunction<T> starter, Consumer<T> work) {
      this.starter = starter;
      this.work = work;
    }

    void turn(ProcessFaults faults, boolean mayFail) {
      if (network.nanoTime() < awayUntilNs) {
        return;
      }
      if (occupant == null) {
        if (!ending.isEmpty()) {
          return;
        }
        occupant = starter.apply(++incarnation);
      }
      try {
        work.accept(occupant);
      } catch (RunFailedException e) {
        if (occupant instanceof SimulatedWorker worker && worker.hasJoined()) {
          throw new AssertionError("a worker of the run does not know its end", e);
        }
        leave(); // it came too late
        return;
      } catch (ParameterServerException e) {
        leave(); // it was given up while it was stopped
        return;
      }
      if (mayFail && happens(faults.killed)) {
        leave();
      } else if (mayFail && happens(faults.stopped)) {
        awayUntilNs = network.nanoTime() + (long) (random.nextDouble() * LONGEST_STOP_NS);
      }
    }

    private void leave() {
      CloseHelper.quietClose(occupant);
      occupant = null;
      awayUntilNs = network.nanoTime() + (long) (random.nextDouble() * RESTART_NS);
    }
  }

  private final SimulatedNetwork network;
  private final Random random;
  private final ProcessFaults workerFaults;
  private final ProcessFaults shardFaults;
  private final RunSpecification specification;
  private final List<ShardEndpoint> endpoints = new ArrayList<>();
  private final List<Place<SimulatedShard>> shards = new ArrayList<>();
  private final List<Place<SimulatedWorker>> workers = new ArrayList<>();
  private final Protection protection;
  private final long runKey;
  private final SimulatedCoordinator coordinator;
  private final int replicas;
  private final double coordinatorStopped; // times per simulated second
  private long coordinatorAwayUntilNs = -RECOVERY_NS;
  private Event.PlanAnnounced plan;
  private String ending = "";
  private int lostWorkers;
  private int lostReplicas;
  private long seenReady; // while another was not
  private long turnNs = TURN_NS;
  private long delivered;

  /**
   * @param security how frames are protected
   * @param shardFaults what happens to a replica while another of its shard has all state
   */
  SimulatedRun(
      long seed,
      RunSpecification run,
      RunSecurity security,
      int shardCount,
      int replicas,
      Faults faults,
      ProcessFaults workerFaults,
      ProcessFaults shardFaults,
      double coordinatorStopped) {
    this.coordinatorStopped = coordinatorStopped;
    this.specification = run;
    this.workerFaults = workerFaults;
    this.shardFaults = shardFaults;
    this.replicas = replicas;
    network = new SimulatedNetwork(seed, faults);
    protection = Protection.of(security, network);
    runKey = RunKey.of(run.runId());
    random = new Random(~seed);
    for (int shard = 0; shard < shardCount; shard++) {
      for (int replica = 0; replica < replicas; replica++) {
        int port = 20_100 + 100 * shard + 10 * replica;
        endpoints.add(ShardEndpoint.udp(shard, replica, "shard.invalid", port));
      }
    }
    for (ShardEndpoint endpoint : endpoints) {
      shards.add(new Place<>(start -> shard(endpoint, start), SimulatedShard::doWork));
    }
    coordinator =
        new SimulatedCoordinator(
            run,
            COORDINATOR,
            endpoints,
            protection.guard((CoordinatorEnd) network.toCoordinator(), Peer.driver()),
            endpoint -> toReplica(endpoint, Peer.driver()).requests(),
            network,
            this::onEvent);
    for (int worker = 0; worker < run.workers(); worker++) {
      int id = worker;
      workers.add(new Place<>(start -> worker(id, start), SimulatedWorker::doWork));
    }
  }

  private SimulatedShard shard(ShardEndpoint endpoint, long incarnation) {
    long start = incarnation << 16; // between two starts it may be fenced, and come in anew
    Peer self = Peer.replica(endpoint, start);
    SimulatedNetwork.Route process = network.to(endpoint);
    return new SimulatedShard(
        endpoints,
        endpoint,
        start,
        protection.guard((ShardEnd) process, self),
        process,
        to -> toReplica(to, self),
        to -> toCoordinator(self),
        network);
  }

  private SimulatedWorker worker(int worker, long incarnation) {
    Peer self = Peer.worker(worker, incarnation);
    WorkerClientConfig config =
        new WorkerClientConfig(
            specification.runId(),
            worker,
            incarnation,
            COORDINATOR,
            endpoints,
            Duration.ofMinutes(10),
            Duration.ofSeconds(30));
    return new SimulatedWorker(config, toCoordinator(self), to -> toReplica(to, self), network);
  }

  private ShardRoute toReplica(ShardEndpoint endpoint, Peer self) {
    return protection.guard((ShardRoute) network.to(endpoint), runKey, self);
  }

  private CoordinatorRoute toCoordinator(Peer self) {
    return protection.guard((CoordinatorRoute) network.toCoordinator(), runKey, self);
  }

  /**
   * Goes on until the run has ended and all workers that are there know.
   *
   * @return the weights that these ended with
   */
  List<float[]> run() {
    while (ending.isEmpty() || !workers.stream().allMatch(SimulatedRun::isDone)) {
      if (network.nanoTime() > MOST_NS) {
        throw new AssertionError(
            "no end within " + MOST_NS / 1_000_000_000L + " simulated seconds");
      }
      if (ending.startsWith("failed")) {
        throw new AssertionError(ending);
      }
      turn();
    }
    return workers.stream()
        .filter(place -> place.occupant != null)
        .map(place -> place.occupant.weights())
        .toList();
  }

  /** Workers killed, or stopped for so long that others did their part. */
  int lostWorkers() {
    return lostWorkers;
  }

  /** Replicas killed, or stopped for so long that others went on without them. */
  int lostReplicas() {
    return lostReplicas;
  }

  /** How often a replica was ready while one of its run lacked state. */
  long seenReady() {
    return seenReady;
  }

  SimulatedNetwork network() {
    return network;
  }

  private void turn() {
    coordinate();
    for (int place = 0; place < shards.size(); place++) {
      shards.get(place).turn(shardFaults, mayFail(place));
      network.flush();
    }
    checkReadiness();
    for (Place<SimulatedWorker> place : workers) {
      place.turn(workerFaults, ending.isEmpty() && !isDone(place));
      network.flush();
    }
    turnNs = network.delivered() == delivered ? QUIET_TURN_NS : TURN_NS;
    delivered = network.delivered();
    network.advance(turnNs);
  }

  /** Nobody who lacks state is ready; that some get ready is counted. */
  private void checkReadiness() {
    if (plan == null || plan.newcomers().isEmpty()) {
      return;
    }
    for (int place = 0; place < shards.size(); place++) {
      Place<SimulatedShard> shard = shards.get(place);
      if (shard.occupant == null || network.nanoTime() < shard.awayUntilNs) {
        continue;
      }
      if (shard.occupant.isReady()) {
        seenReady++;
        if (ending.isEmpty() && isNewcomer(endpoints.get(place), shard.incarnation)) {
          throw new AssertionError(endpoints.get(place) + " is ready without its state");
        }
      }
    }
  }

  private boolean isNewcomer(ShardEndpoint endpoint, long start) {
    return plan.newcomers().stream()
        .anyMatch(replica -> replica.isAt(endpoint) && replica.incarnation() >>> 16 == start);
  }

  private void coordinate() {
    if (network.nanoTime() < coordinatorAwayUntilNs) {
      return;
    }
    coordinator.doWork();
    network.flush();
    if (happens(coordinatorStopped)) {
      coordinatorAwayUntilNs = network.nanoTime() + (long) (random.nextDouble() * LONGEST_STOP_NS);
    }
  }

  private static boolean isDone(Place<SimulatedWorker> place) {
    return place.occupant == null || place.occupant.isFinished();
  }

  /** One of a shard's replicas must live: are all of them there again, and have the state? */
  private boolean mayFail(int place) {
    if (!ending.isEmpty()
        || plan == null
        || replicas == 1
        || !plan.newcomers().isEmpty()
        || isAwayOrJustBack(coordinatorAwayUntilNs)) {
      return false;
    }
    int first = place / replicas * replicas;
    for (int other = first; other < first + replicas; other++) {
      if (shards.get(other).occupant == null
          || isAwayOrJustBack(shards.get(other).awayUntilNs)
          || !isPlanned(endpoints.get(other), shards.get(other).incarnation)) {
        return false;
      }
    }
    return true;
  }

  private boolean isAwayOrJustBack(long untilNs) {
    return network.nanoTime() < untilNs + RECOVERY_NS;
  }

  private boolean isPlanned(ShardEndpoint endpoint, long start) {
    return plan.replicas().stream()
        .anyMatch(replica -> replica.isAt(endpoint) && replica.incarnation() >>> 16 == start);
  }

  private void onEvent(Event event) {
    if (event instanceof Event.PlanAnnounced announced) {
      plan = announced;
    } else if (event instanceof Event.RunFailed failed) {
      ending = "failed: " + failed.reason();
    } else if (event instanceof Event.RunFinished) {
      ending = "finished";
    } else if (event instanceof Event.WorkerLost) {
      lostWorkers++;
    } else if (event instanceof Event.ReplicaLost) {
      lostReplicas++;
    }
  }

  private boolean happens(double perSecond) {
    return perSecond > 0 && random.nextDouble() < perSecond * turnNs * 1e-9;
  }

  @Override
  public void close() {
    shards.forEach(place -> CloseHelper.quietClose(place.occupant));
    workers.forEach(place -> CloseHelper.quietClose(place.occupant));
  }
}
