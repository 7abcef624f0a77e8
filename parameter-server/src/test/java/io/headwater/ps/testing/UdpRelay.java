package io.headwater.ps.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Passes datagrams on between processes, both ways, and mistreats some of them on the way.
 *
 * <p>It stands in front of a port as an address translator does: whoever sends to its port in front
 * gets a socket of its own behind, from which the datagrams go on to the real port, and what comes
 * back there goes back to whoever it was. A subscriber of a multi-destination-cast asks for its
 * data in the same way, so that weights and events come through here, too.
 *
 * <p>What happens to a datagram is drawn from the seed, in the order in which they come by.
 */
public final class UdpRelay implements AutoCloseable {
  private static final int LARGEST = 1 << 16;
  private static final int SOCKET_BUFFER = 2 << 20;
  private static final int BURST = 64; // datagrams of a socket before the others' turn
  private static final int DELAYED_DATAGRAMS = 10_000;

  /** One who has sent to a port in front: its way there, and back. */
  private record Correspondent(DatagramChannel front, SocketAddress address) {}

  /** A datagram on its way; {@code to} is null on a connected channel. */
  private record Delayed(long dueNs, DatagramChannel from, SocketAddress to, byte[] bytes) {}

  private final DatagramFaults faults;
  private final Selector selector;
  private final List<DatagramChannel> channels = new ArrayList<>(); // closed in the end
  private final Map<Correspondent, DatagramChannel> behind = new HashMap<>();
  private final PriorityQueue<Delayed> delayed =
      new PriorityQueue<>(Comparator.comparingLong(Delayed::dueNs));
  private final ByteBuffer buffer = ByteBuffer.allocate(LARGEST);
  private final AtomicLong passed = new AtomicLong();
  private final AtomicInteger largest = new AtomicInteger();
  private final Thread thread = new Thread(this::relay, "udp-relay");
  private volatile boolean closed;

  public UdpRelay(DatagramFaults faults) {
    this.faults = faults;
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Begins; all ports are to be there before. */
  public UdpRelay start() {
    thread.setDaemon(true);
    thread.start();
    return this;
  }

  /** Stands before some ports in a row of 127.0.0.1; returns the first of those in front. */
  public int before(int port, int count) {
    int front = ToyRun.freePorts(count);
    try {
      for (int i = 0; i < count; i++) {
        DatagramChannel channel = open();
        channel.bind(local(front + i));
        channel.register(selector, SelectionKey.OP_READ, local(port + i));
      }
      return front;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Datagrams that have come by. */
  public long passed() {
    return passed.get();
  }

  /** Bytes of the largest of them. */
  public int largest() {
    return largest.get();
  }

  private static InetSocketAddress local(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private DatagramChannel open() throws IOException {
    DatagramChannel channel = DatagramChannel.open();
    channels.add(channel);
    channel.configureBlocking(false);
    channel.socket().setReceiveBufferSize(SOCKET_BUFFER);
    channel.socket().setSendBufferSize(SOCKET_BUFFER);
    return channel;
  }

  private void relay() {
    try {
      while (!closed) {
        Delayed next = delayed.peek();
        long waitNs = next == null ? Long.MAX_VALUE : next.dueNs - System.nanoTime();
        if (waitNs > 0) {
          selector.select(next == null ? 0 : 1 + waitNs / 1_000_000);
        } else {
          selector.selectNow();
        }
        for (SelectionKey key : selector.selectedKeys()) {
          receive(key);
        }
        selector.selectedKeys().clear();
        sendDue();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void receive(SelectionKey key) throws IOException {
    DatagramChannel channel = (DatagramChannel) key.channel();
    for (int i = 0; i < BURST; i++) {
      buffer.clear();
      SocketAddress source;
      try {
        source = channel.receive(buffer);
      } catch (PortUnreachableException e) {
        continue; // nobody listens behind, or not yet
      }
      if (source == null) {
        return;
      }
      byte[] bytes = new byte[buffer.flip().remaining()];
      buffer.get(bytes);
      passed.incrementAndGet();
      largest.accumulateAndGet(bytes.length, Math::max);
      if (key.attachment() instanceof Correspondent correspondent) {
        pass(correspondent.front, correspondent.address, bytes);
      } else {
        pass(behind(channel, source, (InetSocketAddress) key.attachment()), null, bytes);
      }
    }
  }

  private DatagramChannel behind(
      DatagramChannel front, SocketAddress source, InetSocketAddress target) throws IOException {
    Correspondent correspondent = new Correspondent(front, source);
    DatagramChannel known = behind.get(correspondent);
    if (known != null) {
      return known;
    }
    DatagramChannel channel = open();
    channel.connect(target);
    channel.register(selector, SelectionKey.OP_READ, correspondent);
    behind.put(correspondent, channel);
    return channel;
  }

  private void pass(DatagramChannel from, SocketAddress to, byte[] bytes) {
    long nowNs = System.nanoTime();
    faults.apply(
        bytes,
        (delayNs, treated) -> {
          if (delayed.size() < DELAYED_DATAGRAMS) {
            delayed.add(new Delayed(nowNs + delayNs, from, to, treated));
          }
        });
  }

  private void sendDue() throws IOException {
    while (!delayed.isEmpty() && delayed.peek().dueNs <= System.nanoTime()) {
      Delayed due = delayed.poll();
      ByteBuffer bytes = ByteBuffer.wrap(due.bytes);
      try {
        if (due.to == null) {
          due.from.write(bytes);
        } else {
          due.from.send(bytes, due.to);
        }
      } catch (PortUnreachableException e) {
        continue; // as above
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    try {
      thread.join();
      for (DatagramChannel channel : channels) {
        channel.close();
      }
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
