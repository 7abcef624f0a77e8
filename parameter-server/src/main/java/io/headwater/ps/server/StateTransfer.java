package io.headwater.ps.server;

import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.Event.PlanAnnounced;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.sparse.ShardTables;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;

/**
 * The state of a shard on its way from the primary to new replicas, at either end. For one thread.
 */
final class StateTransfer implements AutoCloseable {
  private final ReplicaId self;
  private final Neighbours neighbours;
  private final ShardModel model;
  private final ShardTables tables;
  private final NanoClock clock;
  private final List<StateSender> newcomers = new ArrayList<>(); // that this primary brings up
  private StateReceiver arriving; // null: this replica has the state

  StateTransfer(
      ReplicaId self,
      Neighbours neighbours,
      ShardModel model,
      ShardTables tables,
      NanoClock clock) {
    this.self = self;
    this.neighbours = neighbours;
    this.model = model;
    this.tables = tables;
    this.clock = clock;
  }

  /** Whether this replica has all state of its step, and of its tables. */
  boolean hasState() {
    return hasModel() && tables.hasState();
  }

  private boolean hasModel() {
    return arriving == null || arriving.isComplete();
  }

  boolean isArriving() {
    return arriving != null;
  }

  /** Takes in the state of the plan's step, from the primary that the plan names. */
  void arrive(PlanAnnounced plan) {
    if (arriving == null) {
      arriving = new StateReceiver(self, model, plan.step(), clock);
    }
    plan.replicas().stream()
        .filter(replica -> replica.shard() == self.shard())
        .findFirst()
        .flatMap(neighbours::to)
        .ifPresent(arriving::ask);
  }

  /**
   * As the primary, sends the state of the plan's step to those who need it, and to nobody else.
   */
  void bringUp(PlanAnnounced plan) {
    List<StateSender> done =
        newcomers.stream()
            .filter(sender -> !plan.newcomers().contains(sender.to()) || !sender.isOf(plan.step()))
            .toList();
    newcomers.removeAll(done);
    done.forEach(StateSender::close);
    for (ReplicaId replica : plan.newcomers()) {
      boolean known = newcomers.stream().anyMatch(sender -> sender.to().equals(replica));
      if (replica.shard() == self.shard() && !known) {
        neighbours
            .to(replica)
            .map(route -> new StateSender(replica, route, model, plan.step()))
            .ifPresent(newcomers::add);
      }
    }
  }

  /** Takes a chunk in; returns whether it was the last one that was missing. */
  boolean onState(ChunkFrame state) {
    if (hasModel() || state.shard() != self.shard()) {
      return false;
    }
    arriving.onState(state);
    return hasState();
  }

  void onResend(Request.ResendState request) {
    newcomers.forEach(sender -> sender.onResend(request));
  }

  /** Sends some chunks, and asks for what should have come; returns the amount of work. */
  int poll() {
    int work = 0;
    for (int i = 0; i < newcomers.size(); i++) {
      work += newcomers.get(i).poll();
    }
    if (arriving != null) {
      arriving.askAgain();
    }
    return work;
  }

  /** The step is applied: whatever was under way is over. */
  void finish() {
    CloseHelper.quietClose(arriving);
    arriving = null;
    newcomers.forEach(StateSender::close);
    newcomers.clear();
  }

  @Override
  public void close() {
    finish();
  }
}
