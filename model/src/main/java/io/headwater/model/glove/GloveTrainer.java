package io.headwater.model.glove;

import io.headwater.model.embedding.EpochPosition;
import io.headwater.model.word2vec.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
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
    return epoch(Optional.empty(), progress, () -> false).loss();
  }

  /**
   * Runs one epoch, or what is left of it, until its end or a stop. With one thread an epoch that
   * was stopped and went on leaves the bits of one that was not.
   *
   * @param from where it was stopped
   * @param progress is told at once and now and then how many entries of this epoch are done; by
   *     any thread
   * @param stop is asked now and then, by any thread
   * @throws io.headwater.checkpoint.UserException if it was stopped with another number of threads
   */
  public GloveEpoch epoch(
      Optional<EpochPosition> from, LongConsumer progress, BooleanSupplier stop) {
    List<Part> parts = parts(from);
    long before = parts.stream().mapToLong(part -> part.at - part.begin).sum();
    AtomicLong done = new AtomicLong(before);
    progress.accept(before);
    ExecutorService threads = Executors.newFixedThreadPool(config.threads());
    try {
      List<Future<?>> running = new ArrayList<>();
      for (Part part : parts) {
        running.add(
            threads.submit(() -> part.run(count -> progress.accept(done.addAndGet(count)), stop)));
      }
      for (Future<?> part : running) {
        part.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot train GloVe: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot train GloVe: interrupted", e);
    } finally {
      threads.shutdownNow();
    }
    double loss = parts.stream().mapToDouble(part -> part.loss).sum();
    boolean stopped = parts.stream().anyMatch(part -> part.at < part.end);
    return new GloveEpoch(
        done.get(),
        done.get() - before,
        done.get() == 0 ? Double.NaN : loss / done.get(),
        stopped
            ? Optional.of(new EpochPosition(parts.stream().map(Part::position).toList()))
            : Optional.empty());
  }

  private List<Part> parts(Optional<EpochPosition> from) {
    List<Part> parts = new ArrayList<>();
    for (int thread = 0; thread < config.threads(); thread++) {
      Part part =
          new Part(
              entries.size() * thread / config.threads(),
              entries.size() * (thread + 1) / config.threads());
      if (from.isPresent()) {
        long[] position = from.get().of(config.threads()).get(thread);
        part.at = position[0];
        part.loss = Double.longBitsToDouble(position[1]);
      }
      parts.add(part);
    }
    return parts;
  }

  /** One thread's. */
  private final class Part {
    private final long begin;
    private final long end;
    private long at;
    private double loss;

    Part(long begin, long end) {
      this.begin = begin;
      this.end = end;
      this.at = begin;
    }

    long[] position() {
      return new long[] {at, Double.doubleToRawLongBits(loss)};
    }

    void run(LongConsumer progress, BooleanSupplier stop) {
      GloveKernel kernel = model.rows().kernel(kernels, config);
      long[] block = new long[BLOCK * Cooccurrence.LONGS];
      while (at < end && !stop.getAsBoolean()) {
        int count = (int) Math.min(BLOCK, end - at);
        entries.read(at, block, count);
        loss += kernel.steps(block, 0, count);
        at += count;
        progress.accept(count);
      }
    }
  }
}
