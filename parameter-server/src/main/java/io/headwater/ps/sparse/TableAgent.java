package io.headwater.ps.sparse;

import io.aeron.Image;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.headwater.ps.protocol.Event.PlanAnnounced;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.RowFrame;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.transport.FrameInlet;
import io.headwater.ps.transport.FrameOutlet;
import io.headwater.ps.transport.RowRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.SystemNanoClock;

/**
 * A replica's sparse tables, on its thread: takes row frames in and answers them, for the run that
 * the replica is at.
 */
public final class TableAgent implements Agent, ShardTables {
  private static final int FRAMES_PER_CYCLE = 8;

  /** One transport that the shard serves. */
  private final class Way {
    private final RowRoute route;
    private final FrameInlet inlet;
    private final ControlledFragmentHandler handler =
        (buffer, offset, length, header) -> {
          if (!frame.wrap(buffer, offset, length)) {
            metrics.malformed();
            return ControlledFragmentHandler.Action.CONTINUE;
          }
          if (shard == null) {
            metrics.rejected();
            return ControlledFragmentHandler.Action.CONTINUE;
          }
          Image image = (Image) header.context();
          return shard.onFrame(
              frame, (worker, port) -> answer(worker, image.sourceIdentity(), port));
        };

    Way(RowRoute route) {
      this.route = route;
      inlet = route.listen();
    }

    private FrameOutlet answer(int worker, String source, int port) {
      return route.answer(worker, source, port);
    }
  }

  private final ShardEndpoint endpoint;
  private final List<ShardEndpoint> endpoints;
  private final Function<ReplicaId, FrameOutlet> toReplica;
  private final Executor storage;
  private final List<Way> ways = new ArrayList<>();
  private final RowFrame frame = new RowFrame();
  private final RowMetrics metrics;
  private TableShard shard; // null before the first run

  /**
   * @param endpoints all replicas of all shards, in order
   * @param routes the replica's own end of each transport that it serves
   * @param others the ways to other replicas
   * @param storage where checkpoints are read and written
   */
  public TableAgent(
      ShardEndpoint endpoint,
      List<ShardEndpoint> endpoints,
      List<RowRoute> routes,
      Function<ShardEndpoint, RowRoute> others,
      Executor storage) {
    this.endpoint = endpoint;
    this.endpoints = List.copyOf(endpoints);
    toReplica = replica -> others.apply(place(replica)).ask();
    this.storage = storage;
    metrics = new RowMetrics(endpoint.shard());
    routes.forEach(route -> ways.add(new Way(route)));
  }

  private ShardEndpoint place(ReplicaId replica) {
    return endpoints.stream().filter(replica::isAt).findFirst().orElseThrow();
  }

  @Override
  public String roleName() {
    return "headwater-tables-" + endpoint.shard() + "-" + endpoint.replica();
  }

  @Override
  public int doWork() {
    int work = 0;
    for (int i = 0; i < ways.size(); i++) {
      work += ways.get(i).inlet.poll(ways.get(i).handler, FRAMES_PER_CYCLE);
    }
    return shard == null ? work : work + shard.doWork();
  }

  @Override
  public void open(RunSpecification run, ReplicaId self) {
    CloseHelper.close(shard);
    shard = new TableShard(run, self, endpoints, toReplica, storage, SystemNanoClock.INSTANCE);
  }

  @Override
  public void follow(PlanAnnounced plan) {
    shard.follow(plan);
  }

  @Override
  public boolean hasState() {
    return shard.hasState();
  }

  @Override
  public void check() {
    shard.check();
  }

  @Override
  public void snapshot(long step) {
    shard.snapshot(step);
  }

  @Override
  public boolean isWritten() {
    return shard.isWritten();
  }

  @Override
  public void onClose() {
    CloseHelper.close(shard);
  }
}
