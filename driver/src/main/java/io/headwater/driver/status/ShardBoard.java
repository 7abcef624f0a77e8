package io.headwater.driver.status;

import io.headwater.driver.status.StatusReport.Replica;
import io.headwater.driver.status.StatusReport.Shard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which replicas hold each shard. As at the coordinator, the first place leads at the start, and
 * who comes back later leads after those that stayed.
 */
final class ShardBoard {
  private final List<List<String>> addresses; // by shard and place; empty: in the driver
  private final List<List<Integer>> present = new ArrayList<>(); // places, the primary first
  private final Map<Place, Loss> losses = new HashMap<>();

  private final Map<Integer, Held> held = new HashMap<>(); // by shard, once it has loaded

  private record Held(double parameters, double bytes) {}

  private record Place(int shard, int replica) {}

  private record Loss(long nanos, long step) {}

  ShardBoard(List<List<String>> addresses) {
    this.addresses = addresses;
    for (List<String> replicas : addresses) {
      List<Integer> places = new ArrayList<>();
      for (int replica = 0; replica < replicas.size(); replica++) {
        places.add(replica);
      }
      present.add(places);
    }
  }

  void holds(int shard, long parameters, long bytes) {
    held.put(shard, new Held(parameters, bytes));
  }

  void lost(int shard, int replica, long nanos, long step) {
    present.get(shard).remove((Integer) replica);
    losses.put(new Place(shard, replica), new Loss(nanos, step));
  }

  void joined(int shard, int replica) {
    if (!present.get(shard).contains(replica)) {
      present.get(shard).add(replica);
    }
    losses.remove(new Place(shard, replica));
  }

  List<Shard> report(long nanos, long step) {
    List<Shard> shards = new ArrayList<>();
    for (int shard = 0; shard < addresses.size(); shard++) {
      List<Replica> replicas = new ArrayList<>();
      for (int replica = 0; replica < addresses.get(shard).size(); replica++) {
        replicas.add(replica(shard, replica, nanos, step));
      }
      Held of = held.get(shard);
      shards.add(
          new Shard(
              shard,
              of == null ? null : of.parameters(),
              of == null ? null : of.bytes(),
              replicas));
    }
    return shards;
  }

  private Replica replica(int shard, int replica, long nanos, long step) {
    String address = addresses.get(shard).get(replica);
    Loss loss = losses.get(new Place(shard, replica));
    int rank = present.get(shard).indexOf(replica);
    return new Replica(
        replica,
        rank < 0 ? "lost" : rank == 0 ? "primary" : "standby",
        address.isEmpty() ? null : address,
        loss == null ? null : (nanos - loss.nanos()) * 1e-9,
        loss == null ? Long.valueOf(0) : Long.valueOf(Math.max(0, step - loss.step())));
  }
}
