package io.headwater.ps.simulation;

import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.FragmentHandler;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.transport.CoordinatorEnd;
import io.headwater.ps.transport.CoordinatorRoute;
import io.headwater.ps.transport.FrameInlet;
import io.headwater.ps.transport.FrameOutlet;
import io.headwater.ps.transport.MessageInlet;
import io.headwater.ps.transport.MessageOutlet;
import io.headwater.ps.transport.RowRoute;
import io.headwater.ps.transport.ShardEnd;
import io.headwater.ps.transport.ShardRoute;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Datagrams between workers, shards and the driver of one run, in one thread and in simulated time:
 * lost, doubled, delayed, overtaken, cut and damaged as a seed says.
 */
final class SimulatedNetwork implements NanoClock {
  /** How often what happens to a datagram; each in [0, 1). */
  record Faults(double drop, double duplicate, double delay, double truncate, double flip) {
    static final Faults NONE = new Faults(0, 0, 0, 0, 0);
  }

  private static final int CLAIM_HEADER = 32;
  private static final long LATENCY_NS = 50_000;
  private static final long LONGEST_DELAY_NS = 700_000_000L;

  private record Datagram(long arrivalNs, long number, UnsafeBuffer bytes, int length) {}

  /** All that is on its way to one receiver. */
  private static final class Mailbox {
    final PriorityQueue<Datagram> queue =
        new PriorityQueue<>(
            Comparator.comparingLong(Datagram::arrivalNs).thenComparingLong(Datagram::number));
  }

  private final Random random;
  private final Faults faults;
  private final Map<String, List<Mailbox>> mailboxes = new HashMap<>(); // by stream
  private long nowNs = 1;
  private long sent;
  private long damaged;
  private long delivered;

  SimulatedNetwork(long seed, Faults faults) {
    this.random = new Random(seed);
    this.faults = faults;
  }

  @Override
  public long nanoTime() {
    return nowNs;
  }

  void advance(long ns) {
    nowNs += ns;
  }

  /** Datagrams sent so far. */
  long sent() {
    return sent;
  }

  /** Datagrams that have reached their receiver. */
  long delivered() {
    return delivered;
  }

  /** Datagrams that something happened to. */
  long damaged() {
    return damaged;
  }

  Route to(ShardEndpoint endpoint) {
    return new Route(endpoint, "shard " + endpoint.shard() + "/" + endpoint.replica());
  }

  Route toCoordinator() {
    return new Route(null, "coordinator");
  }

  private void send(String stream, UnsafeBuffer bytes, int offset, int length) {
    for (Mailbox mailbox : mailboxes.getOrDefault(stream, List.of())) {
      sent++;
      if (happens(faults.drop)) {
        continue;
      }
      deliver(mailbox, bytes, offset, length);
      if (happens(faults.duplicate)) {
        deliver(mailbox, bytes, offset, length);
      }
    }
  }

  private void deliver(Mailbox mailbox, UnsafeBuffer bytes, int offset, int length) {
    UnsafeBuffer copy = new UnsafeBuffer(new byte[length]);
    copy.putBytes(0, bytes, offset, length);
    int kept = happens(faults.truncate) ? random.nextInt(length) : length;
    if (kept > 0 && happens(faults.flip)) {
      int at = random.nextInt(kept);
      copy.putByte(at, (byte) (copy.getByte(at) ^ 1 << random.nextInt(8)));
    }
    long late = happens(faults.delay) ? (long) (random.nextDouble() * LONGEST_DELAY_NS) : 0;
    mailbox.queue.add(new Datagram(nowNs + LATENCY_NS + late, sent, copy, kept));
  }

  private boolean happens(double probability) {
    boolean happens = probability > 0 && random.nextDouble() < probability;
    damaged += happens ? 1 : 0;
    return happens;
  }

  /** A way between two processes, which one of them closes when it goes. */
  final class Route
      implements ShardRoute, ShardEnd, CoordinatorRoute, CoordinatorEnd, AutoCloseable {
    private final ShardEndpoint endpoint;
    private final String name;
    private final List<Inlet> inlets = new ArrayList<>();

    Route(ShardEndpoint endpoint, String name) {
      this.endpoint = endpoint;
      this.name = name;
    }

    private Inlet subscribe(String kind) {
      Inlet inlet = new Inlet(kind + name);
      inlets.add(inlet);
      return inlet;
    }

    private Outlet publish(String kind) {
      return new Outlet(kind + name);
    }

    @Override
    public ShardEndpoint endpoint() {
      return endpoint;
    }

    @Override
    public boolean isLocal() {
      return false;
    }

    @Override
    public FrameOutlet push() {
      return publish("push");
    }

    @Override
    public MessageOutlet requests() {
      return publish("request");
    }

    @Override
    public FrameInlet weights() {
      return subscribe("weights");
    }

    @Override
    public MessageInlet events() {
      return subscribe("event");
    }

    @Override
    public RowRoute protect(RowRoute rows) {
      return rows;
    }

    @Override
    public MessageInlet answers() {
      return subscribe("answer");
    }

    @Override
    public MessageOutlet publishAnswers() {
      return publish("answer");
    }

    @Override
    public FrameInlet listenForPushes() {
      return subscribe("push");
    }

    @Override
    public MessageInlet listenForRequests() {
      return subscribe("request");
    }

    @Override
    public FrameOutlet publishWeights() {
      return publish("weights");
    }

    @Override
    public MessageOutlet publishEvents() {
      return publish("event");
    }

    @Override
    public void close() {
      inlets.forEach(Inlet::close);
    }
  }

  private final class Outlet implements FrameOutlet, MessageOutlet {
    private final String stream;
    private UnsafeBuffer claimed; // filled by its claimer before it sends or waits again

    Outlet(String stream) {
      this.stream = stream;
      outlets.add(this);
    }

    @Override
    public long tryClaim(int length, BufferClaim claim) {
      flush();
      claimed = new UnsafeBuffer(new byte[length + CLAIM_HEADER]);
      claim.wrap(claimed, 0, length + CLAIM_HEADER);
      return 1;
    }

    void flush() {
      if (claimed != null) {
        send(stream, claimed, CLAIM_HEADER, claimed.capacity() - CLAIM_HEADER);
        claimed = null;
      }
    }

    @Override
    public long offer(DirectBuffer buffer, int offset, int length) {
      UnsafeBuffer copy = new UnsafeBuffer(new byte[length]);
      copy.putBytes(0, buffer, offset, length);
      send(stream, copy, 0, length);
      return 1;
    }

    @Override
    public int maxMessageLength() {
      return 1 << 20;
    }

    @Override
    public boolean isConnected() {
      return true;
    }

    @Override
    public void close() {
      outlets.remove(this);
    }
  }

  private final List<Outlet> outlets = new ArrayList<>();

  /** Sends what was claimed last on each stream. */
  void flush() {
    outlets.forEach(Outlet::flush);
  }

  private final class Inlet implements FrameInlet, MessageInlet {
    private final String stream;
    private final Mailbox mailbox = new Mailbox();

    Inlet(String stream) {
      this.stream = stream;
      mailboxes.computeIfAbsent(stream, key -> new ArrayList<>()).add(mailbox);
    }

    @Override
    public int poll(ControlledFragmentHandler handler, int limit) {
      int polled = 0;
      while (polled < limit && hasMail()) {
        Datagram datagram = mailbox.queue.peek();
        if (handler.onFragment(datagram.bytes, 0, datagram.length, null)
            == ControlledFragmentHandler.Action.ABORT) {
          break;
        }
        mailbox.queue.remove(datagram);
        polled++;
        delivered++;
      }
      return polled;
    }

    @Override
    public int poll(FragmentHandler handler, int limit) {
      int polled = 0;
      while (polled < limit && hasMail()) {
        Datagram datagram = mailbox.queue.remove();
        handler.onFragment(datagram.bytes, 0, datagram.length, null);
        polled++;
        delivered++;
      }
      return polled;
    }

    private boolean hasMail() {
      return !mailbox.queue.isEmpty() && mailbox.queue.peek().arrivalNs <= nowNs;
    }

    @Override
    public void close() {
      mailboxes.get(stream).remove(mailbox);
    }

    @Override
    public boolean isConnected() {
      return true;
    }
  }
}
