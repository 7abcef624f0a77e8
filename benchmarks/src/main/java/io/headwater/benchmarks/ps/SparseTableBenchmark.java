package io.headwater.benchmarks.ps;

import io.headwater.checkpoint.FlatVector;
import io.headwater.ps.sparse.RowInitializer;
import io.headwater.ps.sparse.RowOptimizer;
import io.headwater.ps.sparse.SparseTable;
import io.headwater.ps.sparse.SparseTableConfig;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * One shard's thread at work on a table, one row per operation, ids drawn evenly from all rows (the
 * worst for the cache). Beside it the floor: copying the same rows out of, or in and out of, one
 * flat vector, by place.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "-Xmx1g"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SparseTableBenchmark {
  /** About what a 64 KiB frame holds at 64 columns. */
  private static final int BATCH = 240;

  private static final int BATCHES = 1_000;

  @Param("1000000")
  int rows;

  @Param({"64", "300"})
  int columns;

  @Param({"SGD", "ADAGRAD", "ADAM"})
  RowOptimizer.Kind optimizer;

  private SparseTable table;
  private FlatVector flat;
  private long[][] ids;
  private long[] pushed;
  private float[] gradients;
  private float[] values;
  private int batch;

  /** Creates all rows. */
  @Setup(Level.Trial)
  public void fill() {
    table =
        new SparseTable(
            new SparseTableConfig(
                "words",
                columns,
                1,
                RowInitializer.uniform(0.1f),
                new RowOptimizer(optimizer, 0.9f, 0.999f, 1e-8f, 0),
                rows));
    flat = FlatVector.allocate((long) rows * columns);
    values = new float[BATCH * columns];
    gradients = new float[BATCH * columns];
    pushed = new long[BATCH];
    for (int from = 0; from < rows; from += BATCH) {
      for (int i = 0; i < BATCH; i++) {
        pushed[i] = (from + i) % rows;
      }
      table.pull(pushed, BATCH, values);
    }
    Random random = new Random(1);
    ids = new long[BATCHES][BATCH];
    for (long[] some : ids) {
      for (int i = 0; i < BATCH; i++) {
        some[i] = random.nextInt(rows);
      }
    }
    for (int i = 0; i < gradients.length; i++) {
      gradients[i] = random.nextFloat() - 0.5f;
    }
  }

  @TearDown(Level.Trial)
  public void free() {
    table.close();
    flat.close();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public SparseTable.PushResult push() {
    // A push may overwrite both, as a frame's copy is.
    System.arraycopy(next(), 0, pushed, 0, BATCH);
    System.arraycopy(gradients, 0, values, 0, gradients.length);
    return table.push(pushed, values, BATCH, 1e-6f);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public boolean pull() {
    return table.pull(next(), BATCH, values);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public float[] copyOut() {
    long[] places = next();
    for (int i = 0; i < BATCH; i++) {
      flat.read(places[i] * columns, values, i * columns, columns);
    }
    return values;
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public float[] copyOutAndIn() {
    long[] places = next();
    for (int i = 0; i < BATCH; i++) {
      flat.read(places[i] * columns, values, i * columns, columns);
      flat.write(places[i] * columns, values, i * columns, columns);
    }
    return values;
  }

  private long[] next() {
    batch = batch + 1 == BATCHES ? 0 : batch + 1;
    return ids[batch];
  }
}
