package io.headwater.ps.client;

import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.protocol.Event;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.PushName;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.transport.ShardRoute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;

/**
 * A worker's lanes to the replicas of all shards: gradients go to all replicas that take part,
 * weights come from each shard's primary. For one thread.
 */
final class ShardLanes implements AutoCloseable {
  private static final long UNKNOWN = -1;

  private final List<ShardEndpoint> endpoints;
  private final Function<ShardEndpoint, ShardRoute> routes;
  private final NanoClock clock;
  private final ShardLane[] lanes; // by place in endpoints
  private final long[] incarnations; // of the replica that a lane leads to
  private final List<ShardLane> active = new ArrayList<>(); // of the newest plan
  private final List<ShardLane> primaries = new ArrayList<>();
  private Event.PlanAnnounced followed;
  private long run;
  private FlatVector parameters; // null before the lanes are open
  private long wantedStep = -1;
  private boolean orLater; // later weights than the wanted ones will do

  ShardLanes(
      List<ShardEndpoint> endpoints, Function<ShardEndpoint, ShardRoute> routes, NanoClock clock) {
    this.endpoints = endpoints;
    this.routes = routes;
    this.clock = clock;
    lanes = new ShardLane[endpoints.size()];
    incarnations = new long[endpoints.size()];
    for (int place = 0; place < lanes.length; place++) {
      lanes[place] = new ShardLane(routes.apply(endpoints.get(place)), clock);
      incarnations[place] = UNKNOWN;
      active.add(lanes[place]);
    }
  }

  /** Whether some replica of each shard can be reached. */
  boolean isConnected() {
    return unconnected().isEmpty();
  }

  /** Names the replicas of the shards that cannot be reached at all. */
  String unconnected() {
    BitSet connected = new BitSet();
    for (ShardLane lane : lanes) {
      if (lane.isConnected()) {
        connected.set(lane.endpoint().shard());
      }
    }
    return endpoints.stream()
        .filter(endpoint -> !connected.get(endpoint.shard()))
        .map(ShardEndpoint::toString)
        .collect(Collectors.joining(", "));
  }

  /** Whether some replica can read this process's shared memory. */
  boolean isLocal() {
    for (ShardLane lane : lanes) {
      if (lane.isLocal()) {
        return true;
      }
    }
    return false;
  }

  void open(long runKey, FlatVector into) {
    run = runKey;
    parameters = into;
    for (ShardLane lane : lanes) {
      lane.open(run, into, ShardEndpoint.shards(endpoints));
    }
  }

  /** Keeps to the replicas that a plan names. */
  void follow(Event.PlanAnnounced plan) {
    if (plan == followed || (followed != null && plan.replicas().equals(followed.replicas()))) {
      followed = plan;
      return;
    }
    followed = plan;
    active.clear();
    primaries.clear();
    for (ReplicaId replica : plan.replicas()) {
      int place = place(replica);
      if (place < 0) {
        throw new ParameterServerException(
            "Cannot reach " + replica + ": it is not among the endpoints of this worker");
      }
      if (incarnations[place] != UNKNOWN && incarnations[place] != replica.incarnation()) {
        reopen(place);
      }
      incarnations[place] = replica.incarnation();
      active.add(lanes[place]);
      if (plan.isPrimary(replica)) {
        primaries.add(lanes[place]);
      }
    }
    for (ShardLane lane : lanes) {
      lane.takeWeights(primaries.contains(lane));
    }
  }

  private int place(ReplicaId replica) {
    for (int place = 0; place < lanes.length; place++) {
      if (replica.isAt(endpoints.get(place))) {
        return place;
      }
    }
    return -1;
  }

  private void reopen(int place) {
    lanes[place].close();
    lanes[place] = new ShardLane(routes.apply(endpoints.get(place)), clock);
    lanes[place].open(run, parameters, ShardEndpoint.shards(endpoints));
    if (orLater) {
      lanes[place].wantNewest(wantedStep);
    } else {
      lanes[place].want(wantedStep);
    }
  }

  void startPush(PushName name, OutgoingGradients gradients) {
    active.forEach(lane -> lane.startPush(name, gradients));
  }

  /** The pushed gradient is final from an element of the flat vector on. */
  void finalFrom(long element) {
    for (int i = 0; i < active.size(); i++) {
      active.get(i).finalFrom(element);
    }
  }

  /** The pushed gradient is final, and the worker waits for it to be accepted. */
  void finishPush() {
    for (int i = 0; i < active.size(); i++) {
      active.get(i).finishPush();
    }
  }

  /** Sends some chunks of what is final of the gradient; returns how many. */
  int sendFinal() {
    int sent = 0;
    for (int i = 0; i < active.size(); i++) {
      sent += active.get(i).sendFinal();
    }
    return sent;
  }

  /** Whether something of the gradient is final and not sent. */
  boolean hasFinal() {
    for (int i = 0; i < active.size(); i++) {
      if (active.get(i).hasFinal()) {
        return true;
      }
    }
    return false;
  }

  /** Whether all replicas have said that they hold all of the last push. */
  boolean isPushed() {
    for (int i = 0; i < active.size(); i++) {
      if (!active.get(i).isPushed()) {
        return false;
      }
    }
    return true;
  }

  /** The step of the last push is over: nobody needs it any more. */
  void forgetPush() {
    active.forEach(ShardLane::forgetPush);
  }

  /** Waits for all weights of a step. */
  void want(long step) {
    wantedStep = step;
    orLater = false;
    for (ShardLane lane : lanes) {
      lane.want(step);
    }
  }

  /** Waits for all weights of a step or of later ones, which primaries send when asked. */
  void wantNewest(long step) {
    wantedStep = step;
    orLater = true;
    for (ShardLane lane : lanes) {
      lane.wantNewest(step);
    }
  }

  /** The worker waits for the wanted weights from now on. */
  void startPull() {
    primaries.forEach(ShardLane::startPull);
  }

  /** Whether all wanted weights are there; asks for what should have come by now. */
  boolean isPulled(int worker) {
    boolean complete = primaries.size() == ShardEndpoint.shards(endpoints);
    for (int i = 0; i < primaries.size(); i++) {
      primaries.get(i).askAgain(worker);
      complete &= primaries.get(i).isComplete();
    }
    return complete;
  }

  /**
   * Sends and takes in some chunks; returns how many.
   *
   * @param silence how long a replica that takes part may be out of reach
   */
  int poll(Duration silence) {
    int work = 0;
    for (int i = 0; i < active.size(); i++) {
      work += active.get(i).poll();
      active.get(i).checkReachable(silence);
    }
    return work;
  }

  @Override
  public void close() {
    CloseHelper.quietCloseAll(lanes);
  }
}
