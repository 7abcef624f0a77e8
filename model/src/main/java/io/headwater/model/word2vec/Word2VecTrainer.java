package io.headwater.model.word2vec;

import io.headwater.model.embedding.EpochPosition;
import io.headwater.model.embedding.WordSequence;
import io.headwater.model.word2vec.Word2VecConfig.Loss;
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
 * Trains a model on a corpus, epoch by epoch. Several threads take a part of the corpus each and
 * write the same matrices without locks (Hogwild, arXiv:1106.5730); one thread is deterministic:
 * what an epoch does depends on the model, the corpus, the configuration and the epoch's number.
 */
public final class Word2VecTrainer {
  private final Word2VecModel model;
  private final Word2VecConfig config;
  private final WordSequence corpus;
  private final Kernels kernels;
  private final Optional<InputRows> subwords;
  private final OutputLayer outputLayer;
  private final float[] keep;

  /**
   * Trains a vector per word.
   *
   * @param corpus numbers of the model's vocabulary; words outside of it are left out
   */
  public Word2VecTrainer(
      Word2VecModel model, Word2VecConfig config, WordSequence corpus, Kernels kernels) {
    this(model, config, corpus, kernels, Optional.empty());
  }

  private Word2VecTrainer(
      Word2VecModel model,
      Word2VecConfig config,
      WordSequence corpus,
      Kernels kernels,
      Optional<InputRows> subwords) {
    this.model = model;
    this.config = config;
    this.corpus = corpus;
    this.kernels = kernels;
    this.subwords = subwords;
    this.outputLayer =
        config.loss() == Loss.NS
            ? NegativeSampling.of(model.vocabulary(), config.negative(), subwords.isPresent())
            : new HierarchicalSoftmax(model.vocabulary());
    this.keep = Subsampling.keep(model.vocabulary(), config.sample());
  }

  /** Trains rows whose means are the words' vectors, as fastText does. */
  public static Word2VecTrainer overSubwords(
      Word2VecModel model,
      Word2VecConfig config,
      WordSequence corpus,
      Kernels kernels,
      InputRows subwords) {
    return new Word2VecTrainer(model, config, corpus, kernels, Optional.of(subwords));
  }

  /**
   * Runs one epoch.
   *
   * @param epoch from 0
   * @param progress is told how many words of this epoch are done; by any thread
   * @return what was trained on
   */
  public EpochResult epoch(int epoch, LongConsumer progress) {
    return epoch(epoch, Optional.empty(), progress, () -> false).result();
  }

  /**
   * Runs one epoch, or what is left of it, until its end or a stop. With one thread an epoch that
   * was stopped and went on leaves the bits of one that was not.
   *
   * @param epoch from 0
   * @param from where it was stopped
   * @param progress is told at once and now and then how many words of this epoch are done; by any
   *     thread
   * @param stop is asked now and then, by any thread
   * @throws io.headwater.checkpoint.UserException if it was stopped with another number of threads
   */
  public EpochPart epoch(
      int epoch, Optional<EpochPosition> from, LongConsumer progress, BooleanSupplier stop) {
    AtomicLong done = new AtomicLong();
    List<TrainingThread> parts = parts(epoch, done, progress, stop);
    from.ifPresent(
        position -> {
          List<long[]> threads = position.of(parts.size());
          for (int thread = 0; thread < parts.size(); thread++) {
            parts.get(thread).restore(threads.get(thread));
          }
        });
    long before = parts.stream().mapToLong(TrainingThread::wordsRead).sum();
    done.set(before);
    progress.accept(before);
    run(parts);
    EpochResult result = EpochResult.sum(parts.stream().map(TrainingThread::result).toList());
    boolean stopped = parts.stream().anyMatch(TrainingThread::wasStopped);
    return new EpochPart(
        result,
        result.words() - before,
        stopped
            ? Optional.of(new EpochPosition(parts.stream().map(TrainingThread::position).toList()))
            : Optional.empty());
  }

  private List<TrainingThread> parts(
      int epoch, AtomicLong done, LongConsumer progress, BooleanSupplier stop) {
    long words = model.vocabulary().total();
    Decay decay = new Decay(config.learningRate(), words * config.epochs(), words * epoch);
    List<TrainingThread> parts = new ArrayList<>();
    for (int thread = 0; thread < config.threads(); thread++) {
      long from = corpus.length() * thread / config.threads();
      long to = corpus.length() * (thread + 1) / config.threads();
      Draws draws = new Draws(config.seed() + 1_000_003L * epoch + 31L * thread);
      LossMeter kernel =
          new LossMeter(
              kernels.create(
                  2 * config.window(),
                  outputLayer.mostOutputs(),
                  config.dim(),
                  model.input().stride()));
      Minibatch minibatch = new Minibatch(model.output(), outputLayer, kernel, draws);
      parts.add(
          new TrainingThread(
              new Sentences(corpus, from, to, keep, draws),
              Windows.of(config, model.input(), subwords, minibatch, kernel, draws),
              kernel,
              draws,
              count -> {
                long now = done.addAndGet(count);
                progress.accept(now);
                return decay.rate(now);
              },
              stop));
    }
    return parts;
  }

  private static void run(List<TrainingThread> parts) {
    ExecutorService threads = Executors.newFixedThreadPool(parts.size());
    try {
      List<Future<?>> running = new ArrayList<>();
      parts.forEach(part -> running.add(threads.submit(part)));
      for (Future<?> part : running) {
        part.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot train word2vec: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot train word2vec: interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }
}
