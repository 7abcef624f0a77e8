package io.headwater.worker;

import io.headwater.ps.sparse.SparseClient;
import io.headwater.ps.sparse.SparseTableClient;
import io.headwater.worker.Metrics.Phase;
import io.headwater.worker.RowTraining.RowBlock;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/*
 * While one block is trained, the rows of the next are pulled and what the block before has added is
 * pushed. So the rows of a block lack what its predecessor added, which is still at this worker: it
 * is added here. What other workers added meanwhile comes with the next pull.
 */
/** Trains on a part block by block, with rows from the tables. */
final class RowExchange implements AutoCloseable {
  /** The rows of a block, of both tables. */
  private static final class Rows {
    private final BlockRows inputs;
    private final BlockRows outputs;

    Rows(int inputColumns, int outputColumns) {
      inputs = new BlockRows(inputColumns);
      outputs = new BlockRows(outputColumns);
    }
  }

  private final SparseClient client;
  private final SparseTableClient input;
  private final SparseTableClient output;
  private final Metrics metrics;
  private final int[] inputPlaces;
  private final int[] outputPlaces;
  private final ExecutorService compute =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "headwater-blocks");
            thread.setDaemon(true);
            return thread;
          });
  private Rows done; // what it added is still to be pushed
  private Rows current;
  private Rows next;

  RowExchange(SparseClient client, WordTraining words, Metrics metrics) {
    this.client = client;
    this.metrics = metrics;
    input = client.open(words.inputTable());
    output = client.open(words.outputTable());
    inputPlaces = new int[Math.toIntExact(input.config().maxRows())];
    outputPlaces = new int[Math.toIntExact(output.config().maxRows())];
    done = rows();
    current = rows();
    next = rows();
  }

  private Rows rows() {
    return new Rows(input.config().columns(), output.config().columns());
  }

  /** Trains on all blocks; on return the shards have applied what they added. */
  void train(Supplier<RowBlock> blocks) {
    RowBlock block = draw(blocks);
    pull(block);
    while (block != null) {
      rotate();
      current.inputs.begin(done.inputs, inputPlaces);
      current.outputs.begin(done.outputs, outputPlaces);
      RowBlock ready = block;
      Future<?> trained = compute.submit(() -> train(ready));
      push();
      block = draw(blocks);
      pull(block);
      await(trained);
    }
    rotate();
    push();
    metrics.time(Phase.PUSH, client::flush);
  }

  private RowBlock draw(Supplier<RowBlock> blocks) {
    return metrics.time(Phase.DATA, blocks);
  }

  /** Rows of {@code next}; none if there is no block. */
  private void pull(RowBlock block) {
    if (block != null) {
      metrics.time(
          Phase.PULL,
          () -> {
            next.inputs.pull(input, block.inputs());
            next.outputs.pull(output, block.outputs());
          });
    }
  }

  private void rotate() {
    Rows free = done;
    done = current;
    current = next;
    next = free;
  }

  private void train(RowBlock block) {
    metrics.time(
        Phase.GRADIENT,
        () -> {
          block.training().train(current.inputs.values(), current.outputs.values());
          current.inputs.end();
          current.outputs.end();
        });
  }

  private void push() {
    metrics.time(
        Phase.PUSH,
        () -> {
          done.inputs.push(input);
          done.outputs.push(output);
        });
  }

  private static void await(Future<?> trained) {
    try {
      trained.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot train on a block: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot go on training: interrupted", e);
    }
  }

  @Override
  public void close() {
    compute.shutdownNow();
  }
}
