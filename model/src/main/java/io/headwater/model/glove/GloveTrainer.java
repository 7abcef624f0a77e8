package io.headwater.model.glove;

import io.headwater.model.word2vec.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Trains a model on co-occurrences, epoch by epoch. Several threads take a part of them each and
 * write the same matrices without locks (arXiv:1106.5730); one thread is deterministic.
 */
public final class GloveTrainer {
  private static final int BLOCK = 1 << 12;

  private final GloveModel model;
  private final GloveConfig config;
  private final Cooccurrences entries;
  private final Kernels kernels;

  /**
   * @param entries of the model's words
   */
  public GloveTrainer(
      GloveModel model, GloveConfig config, Cooccurrences entries, Kernels kernels) {
    this.model = model;
    this.config = config;
    this.entries = entries;
    this.kernels = kernels;
  }

  /**
   * Runs one epoch.
   *
   * @param progress is told how many entries of this epoch are done; by any thread
   * @return the mean of the entries' losses, each before its step; NaN if there are none
   */
  public double epoch(LongConsumer progress) {
    AtomicLong done = new AtomicLong();
    ExecutorService threads = Executors.newFixedThreadPool(config.threads());
    try {
      List<Future<Double>> parts = new ArrayList<>();
      for (int thread = 0; thread < config.threads(); thread++) {
        long from = entries.size() * thread / config.threads();
        long to = entries.size() * (thread + 1) / config.threads();
        parts.add(
            threads.submit(() -> part(from, to, count -> progress.accept(done.addAndGet(count)))));
      }
      double loss = 0;
      for (Future<Double> part : parts) {
        loss += part.get();
      }
      return entries.size() == 0 ? Double.NaN : loss / entries.size();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot train GloVe: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot train GloVe: interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }

  private double part(long from, long to, LongConsumer progress) {
    GloveKernel kernel =
        kernels == Kernels.VECTOR
            ? new VectorGloveKernel(model, config.learningRate())
            : new ScalarGloveKernel(model, config.learningRate());
    long[] block = new long[BLOCK * Cooccurrences.LONGS];
    double loss = 0;
    for (long at = from; at < to; at += BLOCK) {
      int count = (int) Math.min(BLOCK, to - at);
      entries.read(at, block, count);
      for (int e = 0; e < count * Cooccurrences.LONGS; e += Cooccurrences.LONGS) {
        long second = block[e + 1];
        loss +=
            kernel.step(
                (int) (block[e] >>> 32),
                (int) block[e],
                Cooccurrences.logarithm(second),
                Cooccurrences.weight(second));
      }
      progress.accept(count);
    }
    return loss;
  }
}
