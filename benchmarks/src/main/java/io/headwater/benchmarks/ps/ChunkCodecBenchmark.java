package io.headwater.benchmarks.ps;

import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.codec.ChunkCodec;
import io.headwater.ps.codec.Codec;
import io.headwater.ps.codec.ErrorFeedback;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What each codec of a chunk costs in nanoseconds an element, in cache; beside it what copying an
 * element of an array costs. Top-k keeps one element in a hundred.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class ChunkCodecBenchmark {
  private static final int COUNT = ChunkCodec.MAX_COUNT;
  private static final int GRADIENTS = 4;

  @Param Codec codec;

  private final float[] elements = new float[COUNT];
  private final float[] into = new float[COUNT];
  private final UnsafeBuffer out = new UnsafeBuffer(ByteBuffer.allocateDirect(Float.BYTES * COUNT));
  private final UnsafeBuffer in = new UnsafeBuffer(ByteBuffer.allocateDirect(Float.BYTES * COUNT));
  private ChunkCodec chunks;
  private ErrorFeedback feedback;
  private final FlatVector[] gradients = new FlatVector[GRADIENTS];
  private int step;
  private int length;

  @Setup
  public void fill() {
    Random random = new Random(1);
    for (int gradient = 0; gradient < GRADIENTS; gradient++) {
      for (int i = 0; i < COUNT; i++) {
        elements[i] = (float) random.nextGaussian();
      }
      gradients[gradient] = FlatVector.allocate(COUNT);
      gradients[gradient].write(0, elements, 0, COUNT);
    }
    chunks = codec.open();
    feedback = new ErrorFeedback(codec.open(), COUNT);
    length = chunks.encode(elements, 0, COUNT, in, 0);
  }

  @TearDown
  public void free() {
    CloseHelper.closeAll(gradients);
    feedback.close();
  }

  @Benchmark
  @OperationsPerInvocation(COUNT)
  public int encode() {
    return chunks.encode(elements, 0, COUNT, out, 0);
  }

  @Benchmark
  @OperationsPerInvocation(COUNT)
  public int encodeWithFeedback() {
    return feedback.encode(gradients[step++ & (GRADIENTS - 1)], 0, COUNT, out, 0);
  }

  @Benchmark
  @OperationsPerInvocation(COUNT)
  public boolean decode() {
    return chunks.decode(in, 0, length, into, COUNT);
  }

  @Benchmark
  @OperationsPerInvocation(COUNT)
  public boolean decodeAndAdd() {
    return chunks.add(in, 0, length, into, COUNT);
  }

  @Benchmark
  @OperationsPerInvocation(COUNT)
  public void copy() {
    System.arraycopy(elements, 0, into, 0, COUNT);
  }
}
