package io.headwater.benchmarks.ps;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The same round over NIO TCP on the loopback interface, as well as it goes with blocking channels:
 * the server's thread reads chunk by chunk from both workers, sums, updates and answers both at
 * once, while the workers push and pull on two threads each.
 *
 * <p>With the property {@code headwater.rounds.whole} it has the duties that a parameter shard has:
 * each chunk carries a checksum, and weights change only when the sums of all chunks, and their
 * norm, are there, so that a step counts as a whole or not at all.
 *
 * <p>Arguments: {@code ELEMENTS ROUNDS} for all in this process, {@code server ELEMENTS ROUNDS HOST
 * PORT} and {@code workers ELEMENTS ROUNDS HOST PORT} for the two sides of a network.
 */
public final class TcpRounds {
  private static final int WORKERS = 2;
  private static final int CHUNK = 64 * 1024; // elements
  private static final int SOCKET_BUFFER = 4 << 20;
  private static final float RATE = 1e-3f;
  private static final boolean WHOLE = Boolean.getBoolean("headwater.rounds.whole");
  private static final int SEAL = WHOLE ? Integer.BYTES : 0; // bytes of a chunk's checksum

  private TcpRounds() {}

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "server" -> {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
          listener.bind(address(arguments));
          serve(listener, Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        }
      }
      case "workers" ->
          work(address(arguments), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
      default -> {
        int elements = Integer.parseInt(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
          listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
          InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
          Thread workers = start(() -> work(address, elements, rounds));
          serve(listener, elements, rounds);
          workers.join();
        }
      }
    }
  }

  private static InetSocketAddress address(String[] arguments) {
    return new InetSocketAddress(arguments[3], Integer.parseInt(arguments[4]));
  }

  private static void work(InetSocketAddress server, int elements, int rounds) throws Exception {
    List<Thread> workers = new ArrayList<>();
    for (int worker = 0; worker < WORKERS; worker++) {
      boolean measures = worker == 0;
      workers.add(start(() -> work(server, elements, rounds, measures)));
    }
    for (Thread worker : workers) {
      worker.join();
    }
  }

  private static void serve(ServerSocketChannel listener, int elements, int rounds)
      throws IOException {
    List<SocketChannel> channels = new ArrayList<>();
    for (int worker = 0; worker < WORKERS; worker++) {
      channels.add(configure(listener.accept()));
    }
    int all = rounds + Rounds.warmUp(rounds);
    if (WHOLE) {
      serveWhole(channels, elements, all);
    } else {
      serve(channels, elements, all);
    }
  }

  private static void serve(List<SocketChannel> workers, int elements, int rounds)
      throws IOException {
    float[] weights = new float[elements];
    float[] sum = new float[CHUNK];
    float[] incoming = new float[CHUNK];
    ByteBuffer buffer = buffer();
    for (int round = 0; round < rounds; round++) {
      for (int from = 0; from < elements; from += CHUNK) {
        int count = Math.min(CHUNK, elements - from);
        for (int worker = 0; worker < workers.size(); worker++) {
          readFully(workers.get(worker), buffer, count);
          buffer.asFloatBuffer().get(worker == 0 ? sum : incoming, 0, count);
          for (int i = 0; worker > 0 && i < count; i++) {
            sum[i] += incoming[i];
          }
        }
        for (int i = 0; i < count; i++) {
          weights[from + i] -= RATE * sum[i];
        }
        for (SocketChannel worker : workers) {
          buffer.clear();
          buffer.asFloatBuffer().put(weights, from, count);
          writeFully(worker, buffer, count);
        }
      }
    }
  }

  private static void serveWhole(List<SocketChannel> workers, int elements, int rounds)
      throws IOException {
    float[] weights = new float[elements];
    float[] sums = new float[elements];
    float[] incoming = new float[CHUNK];
    ByteBuffer buffer = buffer();
    for (int round = 0; round < rounds; round++) {
      double squares = 0;
      for (int from = 0; from < elements; from += CHUNK) {
        int count = Math.min(CHUNK, elements - from);
        for (int worker = 0; worker < workers.size(); worker++) {
          readFully(workers.get(worker), buffer, count);
          if (worker == 0) {
            buffer.asFloatBuffer().get(sums, from, count);
          } else {
            buffer.asFloatBuffer().get(incoming, 0, count);
            add(sums, from, incoming, count);
          }
        }
        squares += squares(sums, from, count);
      }
      if (!Double.isFinite(squares)) {
        throw new IOException("the gradient of round " + round + " is not finite");
      }
      for (int from = 0; from < elements; from += CHUNK) {
        int count = Math.min(CHUNK, elements - from);
        for (int i = from; i < from + count; i++) {
          weights[i] -= RATE * sums[i];
        }
        buffer.clear();
        buffer.asFloatBuffer().put(weights, from, count);
        seal(buffer, count);
        for (SocketChannel worker : workers) {
          writeSealed(worker, buffer, count);
        }
      }
    }
  }

  private static void add(float[] sums, int from, float[] incoming, int count) {
    for (int i = 0; i < count; i++) {
      sums[from + i] += incoming[i];
    }
  }

  /** In eight lanes, as additions of doubles would otherwise wait for each other. */
  private static double squares(float[] sums, int from, int count) {
    double[] lanes = new double[8];
    for (int i = 0; i < count; i++) {
      lanes[i & 7] += (double) sums[from + i] * sums[from + i];
    }
    double sum = 0;
    for (double lane : lanes) {
      sum += lane;
    }
    return sum;
  }

  private static void work(InetSocketAddress server, int elements, int rounds, boolean measures)
      throws Exception {
    float[] gradients = new float[elements];
    float[] weights = new float[elements];
    Rounds times = new Rounds(rounds);
    try (SocketChannel channel = configure(SocketChannel.open(server))) {
      ByteBuffer in = buffer();
      for (int round = 0; round < rounds + Rounds.warmUp(rounds); round++) {
        long start = System.nanoTime();
        Thread push = start(() -> push(channel, gradients));
        for (int from = 0; from < elements; from += CHUNK) {
          int count = Math.min(CHUNK, elements - from);
          readFully(channel, in, count);
          in.asFloatBuffer().get(weights, from, count);
        }
        push.join();
        times.add(System.nanoTime() - start);
      }
    }
    if (measures) {
      times.printTimes();
      times.printCost();
    }
  }

  private static void push(SocketChannel channel, float[] gradients) throws IOException {
    ByteBuffer out = buffer();
    for (int from = 0; from < gradients.length; from += CHUNK) {
      int count = Math.min(CHUNK, gradients.length - from);
      out.clear();
      out.asFloatBuffer().put(gradients, from, count);
      writeFully(channel, out, count);
    }
  }

  private static SocketChannel configure(SocketChannel channel) throws IOException {
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER);
    channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
    return channel;
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocateDirect(Float.BYTES * CHUNK + SEAL).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int checksum(ByteBuffer buffer, int count) {
    CRC32C sum = new CRC32C();
    sum.update(buffer.duplicate().position(0).limit(Float.BYTES * count));
    return (int) sum.getValue();
  }

  private static void seal(ByteBuffer buffer, int count) {
    if (WHOLE) {
      buffer.putInt(Float.BYTES * count, checksum(buffer, count));
    }
  }

  private static void readFully(SocketChannel channel, ByteBuffer buffer, int count)
      throws IOException {
    buffer.clear().limit(Float.BYTES * count + SEAL);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new IOException("the peer has closed the connection");
      }
    }
    if (WHOLE && buffer.getInt(Float.BYTES * count) != checksum(buffer, count)) {
      throw new IOException("a chunk of " + count + " elements is damaged");
    }
    buffer.flip();
  }

  private static void writeFully(SocketChannel channel, ByteBuffer buffer, int count)
      throws IOException {
    seal(buffer, count);
    writeSealed(channel, buffer, count);
  }

  private static void writeSealed(SocketChannel channel, ByteBuffer buffer, int count)
      throws IOException {
    buffer.clear().limit(Float.BYTES * count + SEAL);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private interface Task {
    void run() throws Exception;
  }

  private static Thread start(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    thread.start();
    return thread;
  }
}
