package io.headwater.ps.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.headwater.ps.protocol.Event.PlanAnnounced;
import io.headwater.ps.protocol.ReplicaId;
import io.headwater.ps.protocol.RowFrame;
import io.headwater.ps.protocol.RowFrame.Parties;
import io.headwater.ps.protocol.RowFrame.Type;
import io.headwater.ps.protocol.RowSet;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.agrona.CloseHelper;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The replicas of a shard, workers that push to them, and a coordinator that says who takes part,
 * in simulated time: replicas are killed, stopped, taken for lost, woken and started again; plans
 * come late; frames are lost, doubled, late, cut and damaged. All of it as a seed says.
 */
final class SimulatedChain {
  private static final long TURN_NS = 10_000_000;
  private static final int FAILURES = 5;
  private static final int TURNS = 100_000; // in which all is over

  /** A start of a replica. */
  private final class Node {
    final ReplicaId id;
    final TableShard shard;
    final Queue<PlanAnnounced> plans = new ArrayDeque<>(); // that are on their way to it
    boolean named; // in a plan that it has heard
    boolean failed; // killed, or stopped and not woken yet
    boolean lost; // taken for lost by the coordinator

    Node(ReplicaId id) {
      this.id = id;
      shard = new TableShard(run, id, endpoints, this::to, Runnable::run, () -> nowNs);
    }

    private FaultyFrames to(ReplicaId other) {
      return channel(other);
    }

    void act() {
      if (!plans.isEmpty() && random.nextInt(10) == 0) {
        PlanAnnounced plan = plans.remove();
        named |= plan.replicas().contains(id);
        shard.follow(plan);
      }
      List<FaultyFrames> inlets = inboxes.computeIfAbsent(id, any -> new ArrayList<>());
      inlets.removeIf(FaultyFrames::isClosed);
      if (!inlets.isEmpty()) {
        take(inlets.get(random.nextInt(inlets.size())));
      }
      shard.doWork();
      shard.check();
    }

    @Override
    public String toString() {
      String state = (failed ? " failed" : "") + (lost ? " lost" : "") + (named ? " named" : "");
      return id + state + (shard.hasState() ? "" : " without state") + " " + plans.size();
    }

    private void take(FaultyFrames inlet) {
      UnsafeBuffer arrived = inlet.isEmpty() ? null : inlet.next();
      if (arrived != null
          && frame.wrap(arrived, 0, arrived.capacity())
          && shard.onFrame(frame, (worker, port) -> workers.get(worker).backFrom(id))
              == Action.ABORT) {
        inlet.putBack(arrived);
      }
    }
  }

  /** A worker; it speaks to the primary of the newest plan that it has heard. */
  private final class Worker {
    final Parties parties;
    final PushWindow window;
    final Queue<PlanAnnounced> plans = new ArrayDeque<>();
    final Map<ReplicaId, FaultyFrames> backs = new HashMap<>();
    ReplicaId primary; // null before the first plan
    FaultyFrames out;
    int opened;
    int made;

    Worker(int id) {
      parties = new Parties(RunKey.of(run.runId()), 0, id, 1);
      window = new PushWindow(parties, endpoints.get(0).mtu());
    }

    FaultyFrames backFrom(ReplicaId replica) {
      return backs.computeIfAbsent(replica, any -> new FaultyFrames(random, faultPercent));
    }

    boolean isDone() {
      return made == pushes && window.isEmpty();
    }

    void act() {
      if (!plans.isEmpty() && random.nextInt(10) == 0) {
        follow(plans.remove().replicas().get(0));
      }
      if (primary == null) {
        return;
      }
      if (opened < tables.size()) {
        open(tables.get(opened));
      } else {
        push();
      }
      FaultyFrames back = backFrom(primary);
      if (!back.isEmpty()) {
        hear(back.next());
      }
    }

    @Override
    public String toString() {
      return "worker of %s: %d opened, %d made, %s"
          .formatted(primary, opened, made, window.missing());
    }

    private void follow(ReplicaId named) {
      if (!named.equals(primary)) {
        CloseHelper.close(out);
        primary = named;
        out = channel(named);
        opened = 0;
        window.rewind();
      }
    }

    private void open(SparseTableConfig table) {
      byte[] description = TableDescription.encode(table);
      UnsafeBuffer open = new UnsafeBuffer(new byte[RowFrame.HEADER_LENGTH + description.length]);
      RowFrame.putOpen(open, 0, parties, 0, TableDescription.key(table), description);
      out.send(open, open.capacity());
    }

    private void push() {
      if (made < pushes && window.hasRoom()) {
        Push push = maker.make(parties.worker(), made++);
        window.add(TableDescription.key(push.table()), push.set(), 0, push.set().count(), 0.1f);
      }
      if (window.isUnsent()) {
        out.send(window.frame(), window.frameLength());
        window.onSent();
      } else if (random.nextInt(20) == 0) {
        window.rewind();
      }
    }

    private void hear(UnsafeBuffer answer) {
      if (answer == null || !frame.wrap(answer, 0, answer.capacity())) {
        return;
      }
      assertThat(frame.result()).isZero();
      if (frame.type() == Type.PUSHED) {
        window.onAcknowledged(frame.sequence());
      } else if (opened < tables.size()
          && frame.table() == TableDescription.key(tables.get(opened))) {
        opened++;
      }
    }
  }

  /** What a worker pushes. */
  record Push(SparseTableConfig table, RowSet set) {}

  /** Makes the pushes of all workers, the same each time. */
  @FunctionalInterface
  interface Maker {
    Push make(int worker, int number);
  }

  private final RunSpecification run;
  private final List<ShardEndpoint> endpoints;
  private final List<SparseTableConfig> tables;
  private final Maker maker;
  private final int pushes;
  private final Random random;
  private final int faultPercent;
  private final Map<ReplicaId, List<FaultyFrames>> inboxes = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>(); // all starts ever
  private final List<Worker> workers;
  private final RowFrame frame = new RowFrame();
  private List<ReplicaId> view;
  private List<ReplicaId> newcomers = List.of();
  private long starts;
  private long step;
  private long nowNs;
  private int failures;

  SimulatedChain(
      RunSpecification run,
      int replicas,
      List<SparseTableConfig> tables,
      Maker maker,
      int pushes,
      long seed) {
    this.run = run;
    this.tables = tables;
    this.maker = maker;
    this.pushes = pushes;
    random = new Random(seed);
    faultPercent = (int) (seed % 20);
    endpoints =
        IntStream.range(0, replicas).mapToObj(r -> ShardEndpoint.local(0, r, "nowhere")).toList();
    endpoints.forEach(place -> start(place.replica()));
    view = nodes.stream().map(node -> node.id).toList();
    workers = all(Worker::new);
    announce();
  }

  private <T> List<T> all(IntFunction<T> make) {
    return IntStream.range(0, run.workers()).mapToObj(make).toList();
  }

  private Node start(int replica) {
    Node node = new Node(new ReplicaId(0, replica, ++starts));
    nodes.add(node);
    return node;
  }

  private FaultyFrames channel(ReplicaId to) {
    FaultyFrames frames = new FaultyFrames(random, faultPercent);
    inboxes.computeIfAbsent(to, any -> new ArrayList<>()).add(frames);
    return frames;
  }

  private void announce() {
    PlanAnnounced plan =
        new PlanAnnounced(step++, 0, 0, false, false, 1, 1, List.of(), List.of(), view, newcomers);
    nodes.forEach(node -> node.plans.add(plan));
    workers.forEach(worker -> worker.plans.add(plan));
  }

  /** Until all pushes are acknowledged, and all replicas that take part have the same. */
  void run() {
    for (int turn = 0; !workers.stream().allMatch(Worker::isDone); turn++) {
      assertThat(turn).as("turns; %s", this).isLessThan(TURNS);
      if (random.nextInt(40) == 0 && failures < FAILURES) {
        failOne();
      }
      turn();
    }
    for (int turn = 0; turn < 5_000 || !newcomers.isEmpty() || hasFailed(); turn++) {
      assertThat(turn).as("turns at the end; %s", this).isLessThan(TURNS);
      turn();
    }
  }

  private boolean hasFailed() {
    return nodes.stream().anyMatch(node -> node.failed && !node.lost);
  }

  private void turn() {
    nowNs += TURN_NS;
    coordinate();
    workers.get(random.nextInt(workers.size())).act();
    Node node = nodes.get(random.nextInt(nodes.size()));
    if (!node.failed) {
      node.act();
    }
  }

  /** Kills or stops a replica, as long as another stays that the coordinator counts on. */
  private void failOne() {
    Node victim = nodes.get(random.nextInt(nodes.size()));
    boolean another =
        nodes.stream()
            .anyMatch(
                node ->
                    node != victim
                        && !node.failed
                        && view.contains(node.id)
                        && !newcomers.contains(node.id));
    if (another && !victim.failed && view.contains(victim.id)) {
      victim.failed = true;
      failures++;
    }
  }

  private void coordinate() {
    for (Node node : List.copyOf(nodes)) {
      if (node.failed && !node.lost && random.nextInt(50) == 0) {
        node.lost = true;
        view = view.stream().filter(id -> !id.equals(node.id)).toList();
        newcomers = newcomers.stream().filter(view::contains).toList();
        announce();
      } else if (node.lost && node.failed && random.nextInt(50) == 0) {
        node.failed = random.nextBoolean(); // half of them were only stopped, and wake
        if (random.nextBoolean() && newcomers.isEmpty() && isFree(node.id.replica())) {
          Node next = start(node.id.replica());
          view = IntStream.range(0, view.size() + 1).mapToObj(i -> at(i, next)).toList();
          newcomers = List.of(next.id);
          announce();
        }
      }
    }
    if (!newcomers.isEmpty() && nodes.stream().allMatch(this::hasArrived)) {
      newcomers = List.of();
      announce();
    }
  }

  private ReplicaId at(int place, Node youngest) {
    return place < view.size() ? view.get(place) : youngest.id;
  }

  private boolean isFree(int replica) {
    return view.stream().noneMatch(id -> id.replica() == replica);
  }

  private boolean hasArrived(Node node) {
    return !newcomers.contains(node.id) || (node.named && !node.failed && node.shard.hasState());
  }

  /** Tables of those that take part in the end, the primary first. */
  List<TableShard> survivors() {
    return view.stream()
        .map(id -> nodes.stream().filter(node -> node.id.equals(id)).findFirst().orElseThrow())
        .map(node -> node.shard)
        .toList();
  }

  @Override
  public String toString() {
    return "view " + view + ", newcomers " + newcomers + ", " + nodes + ", " + workers;
  }

  void close() {
    nodes.forEach(node -> node.shard.close());
  }
}
