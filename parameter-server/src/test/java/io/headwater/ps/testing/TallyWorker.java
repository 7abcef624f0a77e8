package io.headwater.ps.testing;

import io.headwater.ps.client.StepPlan;
import io.headwater.ps.client.WorkerClient;
import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.sparse.RowInitializer;
import io.headwater.ps.sparse.RowOptimizer;
import io.headwater.ps.sparse.SparseClient;
import io.headwater.ps.sparse.SparseTableClient;
import io.headwater.ps.sparse.SparseTableConfig;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * A worker of a dense run that beside each step adds whole numbers to rows of a table, so that the
 * sums say how often each push has counted, whatever their order. As a process of its own: the
 * arguments of a {@link WorkerProcess}.
 */
public final class TallyWorker extends ToyWorker {
  public static final int ROWS = 20_000;
  public static final int COLUMNS = 8;
  private static final SparseTableConfig OTHERS =
      new SparseTableConfig(
          "others", COLUMNS, 5, RowInitializer.zero(), RowOptimizer.adagrad(), 1_000_000);
  public static final SparseTableConfig COUNTS =
      new SparseTableConfig(
          "counts", COLUMNS, 5, RowInitializer.zero(), RowOptimizer.sgd(), 1_000_000);
  private static final int PUSHES = 3; // of a step
  private static final int BATCH = 1_000;

  private final WorkerClientConfig config;
  private final boolean pushes;
  private SparseClient client;
  private SparseTableClient counts;
  private SparseTableClient others;
  private long lastStep = -1;
  private float[] sums;

  /**
   * @param pushes whether it adds anything, or only looks at the end
   */
  public TallyWorker(WorkerClientConfig config, boolean pushes) {
    super(config);
    this.config = config;
    this.pushes = pushes;
  }

  public static void main(String[] arguments) {
    new TallyWorker(WorkerProcess.config(arguments), true).call();
  }

  @Override
  protected void step(WorkerClient server, StepPlan plan, float[] weights) {
    open(server);
    if (pushes && plan.step() > lastStep) { // a step may be planned again
      lastStep = plan.step();
      for (int push = 0; push < PUSHES; push++) {
        long[] ids = ids(config.worker(), plan.step(), push);
        counts.push(ids, ones(), BATCH, -1);
        others.push(ids, ones(), BATCH, 0.1f);
      }
      client.flush();
    }
    super.step(server, plan, weights);
  }

  private void open(WorkerClient server) {
    if (client == null) {
      client = SparseClient.connect(config, server);
      counts = client.open(COUNTS);
      others = client.open(OTHERS);
    }
  }

  @Override
  protected void finished() {
    sums = new float[ROWS * COLUMNS];
    counts.pull(LongStream.range(0, ROWS).toArray(), ROWS, sums);
    client.close();
  }

  /** What the rows were at the end. */
  public float[] sums() {
    return sums;
  }

  private static long[] ids(int worker, long step, int push) {
    Random random = new Random(31 * (31 * step + worker) + push);
    return LongStream.generate(() -> random.nextInt(ROWS)).limit(BATCH).toArray();
  }

  private static float[] ones() {
    float[] ones = new float[BATCH * COLUMNS];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** What the rows must be if each push of some workers, 0 and up, has counted once. */
  public static float[] expected(int workers, long steps) {
    float[] sums = new float[ROWS * COLUMNS];
    for (int worker = 0; worker < workers; worker++) {
      for (long step = 0; step < steps; step++) {
        for (int push = 0; push < PUSHES; push++) {
          for (long id : ids(worker, step, push)) {
            for (int c = 0; c < COLUMNS; c++) {
              sums[(int) id * COLUMNS + c]++;
            }
          }
        }
      }
    }
    return sums;
  }
}
