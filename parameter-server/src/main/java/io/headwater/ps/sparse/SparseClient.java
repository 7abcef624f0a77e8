package io.headwater.ps.sparse;

import io.headwater.checkpoint.UserException;
import io.headwater.ps.client.WorkerClient;
import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.RowFrame;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.security.Peer;
import io.headwater.ps.transport.IdleStrategies;
import io.headwater.ps.transport.Protection;
import io.headwater.ps.transport.Routes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SystemNanoClock;

/**
 * A worker's way to the sparse tables of a run, beside its {@code WorkerClient}; consistency is
 * asynchronous ({@code asp}): every push takes effect by itself, exactly once, as soon as it
 * arrives.
 *
 * <p>All methods of it and of its tables are for one thread. Every wait is bounded and names the
 * shard that it was for.
 */
public final class SparseClient implements AutoCloseable {
  private final WorkerClientConfig config;
  private final Routes routes;
  private final Supplier<List<ReplicaId>> replicas; // that take part, the primaries first
  private final List<RowLane> lanes = new ArrayList<>();
  private final IdleStrategy idle = IdleStrategies.forApplication();

  private List<ReplicaId> followed = List.of();

  private SparseClient(WorkerClientConfig config, Supplier<List<ReplicaId>> replicas) {
    this.config = config;
    this.replicas = replicas;
    long run = RunKey.of(config.runId());
    routes =
        new Routes(
            Protection.of(config.security(), SystemNanoClock.INSTANCE),
            run,
            Peer.worker(config.worker(), config.incarnation()));
    try {
      for (int shard = 0; shard < ShardEndpoint.shards(config.endpoints()); shard++) {
        RowFrame.Parties parties =
            new RowFrame.Parties(run, shard, config.worker(), config.incarnation());
        lanes.add(new RowLane(replicasOf(shard), routes::rowsTo, parties));
      }
    } catch (RuntimeException e) {
      routes.close();
      throw e;
    }
  }

  private List<ShardEndpoint> replicasOf(int shard) {
    return config.endpoints().stream().filter(place -> place.shard() == shard).toList();
  }

  /**
   * A client that has not spoken to any shard yet; {@link #open} does.
   *
   * @param server the same worker's, whose plans say which replica of a shard is its primary
   */
  public static SparseClient connect(WorkerClientConfig config, WorkerClient server) {
    return new SparseClient(config, server::replicas);
  }

  /**
   * The same, of shards without standbys, which need no plan.
   *
   * @throws UserException if a shard has standbys
   */
  public static SparseClient connect(WorkerClientConfig config) {
    for (ShardEndpoint endpoint : config.endpoints()) {
      if (endpoint.replica() > 0) {
        throw new UserException(
            "Cannot use tables of shard "
                + endpoint.shard()
                + " without a WorkerClient: it has standbys, and plans say who is its primary");
      }
    }
    return new SparseClient(config, List::of);
  }

  /**
   * Opens a table at all shards; the first worker to do so creates it, or has it loaded from the
   * checkpoint that the run starts from.
   *
   * @throws ParameterServerException if a shard cannot be reached in the start timeout, or the
   *     table is there with other settings
   */
  public SparseTableClient open(SparseTableConfig table) {
    for (ShardEndpoint endpoint : config.endpoints()) {
      if (RowFrame.rows(endpoint.mtu(), table.columns()) < 1) {
        throw new ParameterServerException(
            "Cannot use sparse table "
                + table.name()
                + " of "
                + table.columns()
                + " columns with "
                + endpoint
                + ": a row does not fit its MTU of "
                + endpoint.mtu()
                + " bytes");
      }
    }
    flush();
    lanes.forEach(lane -> lane.open(table));
    await("open sparse table " + table.name(), RowLane::isOpen, config.startTimeout());
    return new SparseTableClient(this, table);
  }

  /** Waits until the shards have applied all pushes. */
  public void flush() {
    await("finish pushes", lane -> lane.pushes().isEmpty(), config.silence());
  }

  /** Bytes of the frames to all shards so far. */
  public long sentBytes() {
    return lanes.stream().mapToLong(RowLane::sentBytes).sum();
  }

  /** Bytes of the frames from all shards so far. */
  public long receivedBytes() {
    return lanes.stream().mapToLong(RowLane::receivedBytes).sum();
  }

  List<RowLane> lanes() {
    return lanes;
  }

  /** Polls until something holds for all shards, as long as the others are heard. */
  void await(String doing, Predicate<RowLane> done) {
    await(doing, done, config.silence());
  }

  private void await(String doing, Predicate<RowLane> done, Duration silence) {
    long beganNs = System.nanoTime();
    for (RowLane lane : lanes) {
      while (!done.test(lane)) {
        idle.idle(poll());
        long sinceNs = System.nanoTime() - Math.max(beganNs, lane.heardNs());
        if (sinceNs > silence.toNanos()) {
          throw new ParameterServerException(
              "Cannot "
                  + doing
                  + ": "
                  + lane.name()
                  + " still owes "
                  + lane.missing()
                  + " and was not heard for "
                  + silence.toMillis() / 1000.0
                  + " s");
        }
      }
    }
    idle.reset();
  }

  /** Sends and takes in what there is, at all shards. */
  int poll() {
    follow();
    int work = 0;
    for (int i = 0; i < lanes.size(); i++) {
      work += lanes.get(i).poll();
    }
    return work;
  }

  private void follow() {
    List<ReplicaId> named = replicas.get();
    if (named == followed) {
      return;
    }
    followed = named;
    for (RowLane lane : lanes) {
      named.stream()
          .filter(replica -> replica.shard() == lane.shard())
          .findFirst()
          .ifPresent(lane::follow);
    }
  }

  /** Lets go of the shards; pushes that {@link #flush} has not waited for may be lost. */
  @Override
  public void close() {
    lanes.forEach(RowLane::close);
    routes.close();
  }
}
