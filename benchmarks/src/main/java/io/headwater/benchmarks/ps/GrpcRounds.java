package io.headwater.benchmarks.ps;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.CallOptions;
import io.grpc.Drainable;
import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/**
 * The same round over gRPC-Java: one bidirectional stream a worker; whichever worker's chunk comes
 * last has it summed up, updated and answered to both.
 *
 * <p>Arguments: elements, rounds, and {@code usual} for gRPC as it is mostly used, with messages of
 * protocol buffers and default settings, or {@code tuned} for as well as it goes.
 */
public final class GrpcRounds {
  private static final int WORKERS = 2;
  private static final int WINDOW = 16 << 20;
  private static final float RATE = 1e-3f;

  /**
   * How gRPC is used.
   *
   * @param elements of a chunk
   * @param tuned large windows, and no executor between network and application
   */
  private record Style(int elements, MethodDescriptor.Marshaller<Chunk> marshaller, boolean tuned) {
    /** Raw bytes, in chunks that stay in the cache. */
    static final Style TUNED = new Style(64 * 1024, new Raw(), true);

    /** Messages with one field {@code bytes}, of 1 MiB: a quarter of the largest by default. */
    static final Style USUAL = new Style(256 * 1024, new Message(), false);

    static Style named(String name) {
      return switch (name) {
        case "tuned" -> TUNED;
        case "usual" -> USUAL;
        default -> throw new IllegalArgumentException("no style: " + name);
      };
    }

    MethodDescriptor<Chunk, Chunk> round() {
      return MethodDescriptor.<Chunk, Chunk>newBuilder()
          .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
          .setFullMethodName(MethodDescriptor.generateFullMethodName("rounds", "round"))
          .setRequestMarshaller(marshaller)
          .setResponseMarshaller(marshaller)
          .build();
    }

    NettyServerBuilder server(InetSocketAddress address) {
      NettyServerBuilder builder = NettyServerBuilder.forAddress(address);
      return tuned
          ? builder.directExecutor().flowControlWindow(WINDOW).maxInboundMessageSize(WINDOW)
          : builder;
    }

    ManagedChannel channel(InetSocketAddress address) {
      NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address).usePlaintext();
      if (tuned) {
        builder.directExecutor().flowControlWindow(WINDOW).maxInboundMessageSize(WINDOW);
      }
      return builder.build();
    }

    int chunks(int all) {
      return (all + elements - 1) / elements;
    }
  }

  private GrpcRounds() {}

  private record Chunk(int index, byte[] bytes) {}

  /** The chunk's number, then its bytes. */
  private static final class Raw implements MethodDescriptor.Marshaller<Chunk> {
    @Override
    public InputStream stream(Chunk chunk) {
      return new ChunkStream(chunk);
    }

    @Override
    public Chunk parse(InputStream in) {
      try {
        int length = in.available();
        byte[] header = in.readNBytes(Integer.BYTES);
        byte[] bytes = new byte[length - Integer.BYTES];
        int at = 0;
        while (in instanceof HasByteBuffer direct
            && direct.byteBufferSupported()
            && at < bytes.length) {
          ByteBuffer next = direct.getByteBuffer();
          int count = next.remaining();
          next.get(bytes, at, count);
          at += (int) in.skip(count);
        }
        in.readNBytes(bytes, at, bytes.length - at);
        return new Chunk(ByteBuffer.wrap(header).getInt(), bytes);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** A generated message with one field of bytes: the chunk's number, then its elements. */
  private static final class Message implements MethodDescriptor.Marshaller<Chunk> {
    private final MethodDescriptor.Marshaller<BytesValue> messages =
        ProtoUtils.marshaller(BytesValue.getDefaultInstance());

    @Override
    public InputStream stream(Chunk chunk) {
      ByteBuffer content = ByteBuffer.allocate(Integer.BYTES + chunk.bytes.length);
      content.putInt(chunk.index).put(chunk.bytes).flip();
      ByteString bytes = UnsafeByteOperations.unsafeWrap(content); // as if it were the gradient's
      return messages.stream(BytesValue.newBuilder().setValue(bytes).build());
    }

    @Override
    public Chunk parse(InputStream in) {
      ByteBuffer content = messages.parse(in).getValue().asReadOnlyByteBuffer();
      int index = content.getInt();
      byte[] bytes = new byte[content.remaining()];
      content.get(bytes);
      return new Chunk(index, bytes);
    }
  }

  /** What gRPC copies to the network's buffers at once. */
  private static final class ChunkStream extends ByteArrayInputStream
      implements KnownLength, Drainable {
    private final byte[] header;

    ChunkStream(Chunk chunk) {
      super(chunk.bytes);
      header = ByteBuffer.allocate(Integer.BYTES).putInt(chunk.index).array();
    }

    @Override
    public synchronized int available() {
      return Integer.BYTES + super.available();
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      target.write(header);
      target.write(buf, pos, count - pos);
      int drained = available();
      pos = count;
      return drained;
    }
  }

  /** Weights, and the sums of chunks that not all workers have sent. */
  private static final class Summing {
    private final float[] weights;
    private final byte[][] first; // by chunk: the first worker's, or null
    private final List<StreamObserver<Chunk>> workers = new ArrayList<>();
    private final Style style;

    Summing(int elements, Style style) {
      this.style = style;
      weights = new float[elements];
      first = new byte[style.chunks(elements)][];
    }

    StreamObserver<Chunk> join(StreamObserver<Chunk> worker) {
      synchronized (workers) {
        workers.add(worker);
      }
      return new StreamObserver<>() {
        @Override
        public void onNext(Chunk chunk) {
          add(chunk);
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {
          worker.onCompleted();
        }
      };
    }

    private void add(Chunk chunk) {
      synchronized (workers) { // also one sender at a time, as gRPC asks for
        byte[] other = first[chunk.index];
        first[chunk.index] = other == null ? chunk.bytes : null;
        if (other != null) {
          Chunk answer = new Chunk(chunk.index, update(chunk.index, other, chunk.bytes));
          workers.forEach(worker -> worker.onNext(answer));
        }
      }
    }

    private byte[] update(int index, byte[] one, byte[] other) {
      ByteBuffer a = ByteBuffer.wrap(one).order(ByteOrder.LITTLE_ENDIAN);
      ByteBuffer b = ByteBuffer.wrap(other).order(ByteOrder.LITTLE_ENDIAN);
      byte[] answer = new byte[one.length];
      ByteBuffer out = ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
      int from = index * style.elements;
      for (int at = 0; at < one.length; at += Float.BYTES) {
        int i = from + at / Float.BYTES;
        weights[i] -= RATE * (a.getFloat(at) + b.getFloat(at));
        out.putFloat(at, weights[i]);
      }
      return answer;
    }
  }

  public static void main(String[] arguments) throws Exception {
    int elements = Integer.parseInt(arguments[0]);
    int rounds = Integer.parseInt(arguments[1]);
    Style style = Style.named(arguments[2]);
    Summing summing = new Summing(elements, style);
    Server server =
        style
            .server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(
                ServerServiceDefinition.builder("rounds")
                    .addMethod(style.round(), ServerCalls.asyncBidiStreamingCall(summing::join))
                    .build())
            .build()
            .start();
    List<Thread> workers = new ArrayList<>();
    CountDownLatch joined = new CountDownLatch(WORKERS);
    for (int worker = 0; worker < WORKERS; worker++) {
      boolean measures = worker == 0;
      Worker each = new Worker(style, server.getPort(), elements, rounds, joined, measures);
      Thread thread = new Thread(each);
      thread.start();
      workers.add(thread);
    }
    for (Thread worker : workers) {
      worker.join();
    }
    server.shutdownNow();
    System.exit(0); // its threads stay for a while
  }

  /** Pushes as fast as the stream takes it, and takes the answers into its vector. */
  private static final class Worker implements Runnable, ClientResponseObserver<Chunk, Chunk> {
    private final Style style;
    private final ManagedChannel channel;
    private final byte[] weights;
    private final byte[] gradients;
    private final int rounds;
    private final CountDownLatch joined;
    private final boolean measures;
    private final Semaphore arrived = new Semaphore(0);
    private final Semaphore ready = new Semaphore(0);
    private ClientCallStreamObserver<Chunk> push;

    Worker(
        Style style, int port, int elements, int rounds, CountDownLatch joined, boolean measures) {
      this.style = style;
      this.rounds = rounds;
      this.joined = joined;
      this.measures = measures;
      weights = new byte[Float.BYTES * elements];
      gradients = new byte[Float.BYTES * elements];
      channel = style.channel(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Chunk> stream) {
      push = stream;
      stream.setOnReadyHandler(ready::release);
    }

    @Override
    public void onNext(Chunk chunk) {
      System.arraycopy(
          chunk.bytes, 0, weights, Float.BYTES * style.elements * chunk.index, chunk.bytes.length);
      arrived.release();
    }

    @Override
    public void onError(Throwable error) {
      error.printStackTrace();
    }

    @Override
    public void onCompleted() {}

    @Override
    public void run() {
      ClientCalls.asyncBidiStreamingCall(channel.newCall(style.round(), CallOptions.DEFAULT), this);
      Rounds times = new Rounds(rounds);
      joined.countDown();
      int chunks = style.chunks(gradients.length / Float.BYTES);
      try {
        joined.await();
        for (int round = 0; round < rounds + Rounds.warmUp(rounds); round++) {
          long start = System.nanoTime();
          for (int chunk = 0; chunk < chunks; chunk++) {
            while (!push.isReady()) {
              ready.acquire();
            }
            push.onNext(new Chunk(chunk, gradient(chunk)));
          }
          arrived.acquire(chunks);
          times.add(System.nanoTime() - start);
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      push.onCompleted();
      if (measures) {
        times.printTimes();
        times.printCost();
      }
    }

    private byte[] gradient(int chunk) {
      int from = Float.BYTES * style.elements * chunk;
      int length = Math.min(Float.BYTES * style.elements, gradients.length - from);
      byte[] bytes = new byte[length];
      System.arraycopy(gradients, from, bytes, 0, length);
      return bytes;
    }
  }
}
