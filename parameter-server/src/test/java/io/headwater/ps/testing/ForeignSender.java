package io.headwater.ps.testing;

import io.aeron.logbuffer.BufferClaim;
import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.ControlCodec;
import io.headwater.ps.protocol.PushName;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.RunKey;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.security.Peer;
import io.headwater.ps.security.RunSecurity;
import io.headwater.ps.transport.FrameOutlet;
import io.headwater.ps.transport.MessageOutlet;
import io.headwater.ps.transport.Protection;
import io.headwater.ps.transport.Routes;
import io.headwater.ps.transport.ShardRoute;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.SystemNanoClock;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Throws at shards what they must not take: noise at their sockets, and noise and well-formed
 * messages without protection on their streams.
 */
public final class ForeignSender implements AutoCloseable {
  private static final int LENGTH = 400;
  private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long RUN = RunKey.of("a foreign run");

  private final List<ShardEndpoint> endpoints;
  private final Thread thread = new Thread(this::send, "foreign-sender");
  private volatile boolean closed;
  private volatile long sent;

  private ForeignSender(List<ShardEndpoint> endpoints) {
    this.endpoints = List.copyOf(endpoints);
  }

  public static ForeignSender start(List<ShardEndpoint> endpoints) {
    ForeignSender sender = new ForeignSender(endpoints);
    sender.thread.start();
    return sender;
  }

  /** How many messages a shard's stream has taken. */
  public long sent() {
    return sent;
  }

  private void send() {
    Peer nobody = Peer.worker(0, 9);
    List<FrameOutlet> pushes = new ArrayList<>();
    List<MessageOutlet> requests = new ArrayList<>();
    try (Routes routes =
            new Routes(Protection.of(RunSecurity.NONE, SystemNanoClock.INSTANCE), RUN, nobody);
        DatagramSocket socket = new DatagramSocket()) {
      for (ShardEndpoint endpoint : endpoints) {
        ShardRoute route = routes.overUdp(endpoint);
        pushes.add(route.push());
        requests.add(route.requests());
      }
      Random random = new Random(1);
      while (!closed) {
        throwAtSockets(socket, random);
        pushes.forEach(outlet -> push(outlet, random));
        requests.forEach(outlet -> request(outlet, random));
        LockSupport.parkNanos(PAUSE_NS);
      }
    } catch (IOException e) {
      throw new IllegalStateException("Cannot send: " + e.getMessage(), e);
    }
  }

  private void throwAtSockets(DatagramSocket socket, Random random) throws IOException {
    for (ShardEndpoint endpoint : endpoints) {
      byte[] noise = new byte[1 + random.nextInt(LENGTH)];
      random.nextBytes(noise);
      int port = endpoint.port() + random.nextInt(ShardEndpoint.PORTS);
      InetSocketAddress to = new InetSocketAddress(endpoint.host(), port);
      socket.send(new DatagramPacket(noise, noise.length, to));
    }
  }

  private void push(FrameOutlet outlet, Random random) {
    BufferClaim claim = new BufferClaim();
    if (outlet.tryClaim(LENGTH, claim) > 0) {
      byte[] noise = new byte[LENGTH];
      random.nextBytes(noise);
      claim.buffer().putBytes(claim.offset(), noise);
      if (random.nextBoolean()) {
        int count = (LENGTH - ChunkFrame.HEADER_LENGTH) / Float.BYTES;
        PushName name = new PushName(RUN, 0, 0, 0, 1);
        ChunkFrame.putPush(
            claim.buffer(),
            claim.offset(),
            name,
            0,
            0,
            count,
            ChunkFrame.FLOAT32,
            Float.BYTES * count);
      }
      outlet.commit(claim);
      sent++;
    }
  }

  private void request(MessageOutlet outlet, Random random) {
    ControlCodec codec = new ControlCodec();
    int length = codec.encode(RUN, new Request.Heartbeat(0, 1));
    UnsafeBuffer message = new UnsafeBuffer(new byte[LENGTH]);
    message.putBytes(0, codec.buffer(), 0, length);
    if (random.nextBoolean()) {
      random.nextBytes(message.byteArray());
      length = LENGTH;
    }
    if (outlet.offer(message, 0, length) > 0) {
      sent++;
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join(TimeUnit.SECONDS.toMillis(20));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
