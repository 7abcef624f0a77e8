package io.headwater.benchmarks.ps;

import io.headwater.checkpoint.TensorLayout;
import io.headwater.ps.optimizer.Blocks;
import io.headwater.ps.optimizer.Optimizer;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.optimizer.OptimizerConfig.Kind;
import io.headwater.ps.optimizer.TensorNorms;
import io.headwater.ps.protocol.ChunkSize;
import java.util.Random;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * One step of each update rule in nanoseconds an element, on vectors larger than the caches; beside
 * it what copying an element costs, one read and one write: SGD reads two and writes one, AdamW
 * reads four and writes three.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class UpdateRulesBenchmark {
  private static final int BLOCKS = 512;
  private static final int ELEMENTS = BLOCKS * ChunkSize.BLOCK;

  @Param Kind kind;

  private float[][] weights;
  private float[][] gradients;
  private Optimizer optimizer;
  private long step;

  @Setup
  public void fill() {
    TensorLayout layout = TensorLayout.builder().add("weight", BLOCKS, ChunkSize.BLOCK).build();
    optimizer =
        new Optimizer(new OptimizerConfig(kind, 0.9f, 0.95f, 1e-8f, 0.1f, 0f), layout, 0, ELEMENTS);
    weights = Blocks.allocate(ELEMENTS);
    gradients = Blocks.allocate(ELEMENTS);
    Random random = new Random(1);
    for (int block = 0; block < BLOCKS; block++) {
      for (int i = 0; i < ChunkSize.BLOCK; i++) {
        weights[block][i] = (float) random.nextGaussian();
        gradients[block][i] = (float) random.nextGaussian();
      }
    }
  }

  @Benchmark
  @OperationsPerInvocation(ELEMENTS)
  public void update() {
    optimizer.begin(step++, 1e-4f);
    if (optimizer.needsNorms()) {
      for (int block = 0; block < BLOCKS; block++) {
        optimizer.prepare(block, 0, weights[block], gradients[block], ChunkSize.BLOCK, 1f);
      }
      TensorNorms norms = optimizer.norms();
      optimizer.trust(TensorNorms.trust(1, norms.tensors(), norms.sums()));
    }
    for (int block = 0; block < BLOCKS; block++) {
      optimizer.update(block, 0, weights[block], gradients[block], ChunkSize.BLOCK, 1f);
    }
  }

  @Benchmark
  @OperationsPerInvocation(ELEMENTS)
  public void copy() {
    Blocks.copy(gradients, weights);
  }
}
