package io.headwater.ps.testing;

import io.headwater.ps.client.StepPlan;
import io.headwater.ps.client.WorkerClient;
import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.sparse.RowInitializer;
import io.headwater.ps.sparse.RowOptimizer;
import io.headwater.ps.sparse.SparseClient;
import io.headwater.ps.sparse.SparseTableClient;
import io.headwater.ps.sparse.SparseTableConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A worker that adds to every row of a large table in the first step of a dense run, in a process
 * of its own: as {@link WorkerProcess}, the number of rows in the property {@code rows}.
 */
public final class SparseWorkerProcess {
  public static final int COLUMNS = 64;
  private static final int BATCH = 10_000;

  private SparseWorkerProcess() {}

  public static SparseTableConfig table() {
    return new SparseTableConfig(
        "big", COLUMNS, 5, RowInitializer.zero(), RowOptimizer.sgd(), 10_000_000);
  }

  public static long id(long row) {
    return row * 3 - 1_000_000;
  }

  /** What worker {@code worker} adds: integers, whose sums do not depend on the order. */
  public static float addend(int worker, int row, int column) {
    return (worker + 1) * (column + row % 7);
  }

  public static void main(String[] arguments) {
    WorkerClientConfig config = WorkerProcess.config(arguments);
    int worker = config.worker();
    int rows = Integer.getInteger("rows");
    new ToyWorker(config) {
      @Override
      protected void step(WorkerClient client, StepPlan plan, float[] weights) {
        if (plan.step() == 0) {
          addToAllRows(config, worker, rows);
        }
        super.step(client, plan, weights);
      }
    }.call();
  }

  /** In an order of the worker's own; each batch is pulled after it was pushed. */
  private static void addToAllRows(WorkerClientConfig config, int worker, int rows) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, rows).boxed().toList());
    Collections.shuffle(order, new Random(worker));
    long[] ids = new long[BATCH];
    float[] gradients = new float[BATCH * COLUMNS];
    float[] pulled = new float[BATCH * COLUMNS];
    try (SparseClient client = SparseClient.connect(config)) {
      SparseTableClient table = client.open(table());
      long startNs = System.nanoTime();
      for (int from = 0; from < rows; from += BATCH) {
        int count = Math.min(BATCH, rows - from);
        for (int i = 0; i < count; i++) {
          int row = order.get(from + i);
          ids[i] = id(row);
          for (int c = 0; c < COLUMNS; c++) {
            gradients[i * COLUMNS + c] = addend(worker, row, c);
          }
        }
        table.push(ids, gradients, count, -1);
        table.pull(ids, count, pulled);
        for (int i = 0; i < count * COLUMNS; i++) {
          if (pulled[i] < gradients[i]) {
            throw new AssertionError("row " + ids[i / COLUMNS] + " lacks this worker's push");
          }
        }
      }
      client.flush();
      System.out.printf(
          "worker %d: %d rows pushed and pulled in %.1f s%n",
          worker, rows, (System.nanoTime() - startNs) * 1e-9);
    }
  }
}
