package io.headwater.ps.coordinator;

import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.ShardEndpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which replicas of the shards take part in a run, and when each was last heard. */
final class Replicas {
  private final List<ShardEndpoint> endpoints;
  private final long leaseNs;
  private final List<List<ReplicaId>> present = new ArrayList<>(); // by shard, the oldest first
  private final Map<ReplicaId, Long> heardNs = new HashMap<>(); // of those present
  private final long[] newest; // incarnation that was ever seen, by place in endpoints
  private long lookedNs;

  Replicas(List<ShardEndpoint> endpoints, long leaseNs, long nowNs) {
    this.endpoints = List.copyOf(endpoints);
    this.leaseNs = leaseNs;
    lookedNs = nowNs;
    newest = new long[endpoints.size()];
    Arrays.fill(newest, -1);
    for (int shard = 0; shard < ShardEndpoint.shards(endpoints); shard++) {
      present.add(new ArrayList<>());
    }
  }

  int shards() {
    return present.size();
  }

  /** Whether it is a start of a known place, and a later one than any that was there. */
  boolean isPossible(ReplicaId replica) {
    int place = place(replica);
    return place >= 0 && replica.incarnation() > newest[place];
  }

  boolean isPresent(ReplicaId replica) {
    return heardNs.containsKey(replica);
  }

  /** Whoever takes part at the same place, be it this start or another. */
  Optional<ReplicaId> atPlaceOf(ReplicaId replica) {
    return present.get(replica.shard()).stream()
        .filter(other -> other.replica() == replica.replica())
        .findFirst();
  }

  /** Takes a replica in, as the youngest of its shard. */
  void join(ReplicaId replica, long nowNs) {
    newest[place(replica)] = replica.incarnation();
    present.get(replica.shard()).add(replica);
    heardNs.put(replica, nowNs);
  }

  /** Makes the first place of each shard its primary, whoever came first. */
  void sortByPlace() {
    present.forEach(ofShard -> ofShard.sort(Comparator.comparingInt(ReplicaId::replica)));
  }

  void remove(ReplicaId replica) {
    present.get(replica.shard()).remove(replica);
    heardNs.remove(replica);
  }

  void heard(ReplicaId replica, long nowNs) {
    heardNs.replace(replica, nowNs);
  }

  /** All that take part; the first of each shard is its primary. */
  List<ReplicaId> view() {
    return present.stream().flatMap(List::stream).toList();
  }

  boolean isPrimary(ReplicaId replica) {
    List<ReplicaId> ofShard = present.get(replica.shard());
    return !ofShard.isEmpty() && ofShard.get(0).equals(replica);
  }

  /** Those of a shard that take part. */
  List<ReplicaId> of(int shard) {
    return List.copyOf(present.get(shard));
  }

  /** Places at which nobody takes part. */
  List<ShardEndpoint> absent() {
    return endpoints.stream()
        .filter(endpoint -> present.get(endpoint.shard()).stream().noneMatch(r -> r.isAt(endpoint)))
        .toList();
  }

  /** Those not heard for longer than the lease. */
  List<ReplicaId> expired(long nowNs) {
    return view().stream().filter(replica -> nowNs - heardNs.get(replica) > leaseNs).toList();
  }

  double silenceSeconds(ReplicaId replica, long nowNs) {
    return (nowNs - heardNs.get(replica)) * 1e-9;
  }

  /**
   * To be called often: for how long this process was stopped or starved, if it was. Others may
   * have spoken meanwhile and were not heard, so all leases start anew.
   */
  long lookAgain(long nowNs) {
    long away = nowNs - lookedNs;
    lookedNs = nowNs;
    if (away <= leaseNs / 4) {
      return 0;
    }
    heardNs.replaceAll((replica, heard) -> nowNs);
    return away;
  }

  /** A replica with its address, for messages. */
  String name(ReplicaId replica) {
    int place = place(replica);
    return place < 0 ? replica.toString() : endpoints.get(place).toString();
  }

  private int place(ReplicaId replica) {
    for (int place = 0; place < endpoints.size(); place++) {
      if (replica.isAt(endpoints.get(place))) {
        return place;
      }
    }
    return -1;
  }
}
