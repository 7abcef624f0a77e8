package io.headwater.model.word2vec;

import io.headwater.model.embedding.EpochPosition;
import io.headwater.model.embedding.WordSequence;
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
 * Trains a model on a corpus, epoch by epoch. Several threads take a part of the corpus each, train
 * on copies of rows, block by block, and add what has changed to the matrices without locks
 * (Hogwild, arXiv:1106.5730, with fewer writes); one thread is deterministic: what an epoch does
 * depends on the model, the corpus, the configuration and the epoch's number.
 */
public final class Word2VecTrainer {
  private static final int BLOCK_WORDS = 20_000; // of all threads: unseen by the others meanwhile
  private static final int LEAST_BLOCK_WORDS = 500;

  private final Word2VecModel model;
  private final Word2VecConfig config;
  private final WordSequence corpus;
  private final Kernels kernels;
  private final Optional<InputRows> subwords;
  private final Sampling sampling;

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
    this.sampling = Sampling.of(model.vocabulary(), config, subwords.isPresent());
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
    Decay decay = sampling.decay(config, sampling.words() * epoch);
    List<TrainingThread> parts = new ArrayList<>();
    for (int thread = 0; thread < config.threads(); thread++) {
      long from = corpus.length() * thread / config.threads();
      long to = corpus.length() * (thread + 1) / config.threads();
      Draws draws = new Draws(config.seed() + 1_000_003L * epoch + 31L * thread);
      Sentences sentences = new Sentences(corpus, from, to, sampling.keep(), draws);
      parts.add(
          new TrainingThread(
              sentences,
              config.threads() == 1 ? alone(sentences, draws) : besideOthers(sentences, draws),
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

  private Stretches alone(Sentences sentences, Draws draws) {
    LossMeter kernel =
        new LossMeter(
            kernels.create(
                2 * config.window(),
                sampling.outputs().mostOutputs(),
                config.dim(),
                model.input().stride()));
    Minibatch minibatch = new Minibatch(model.output(), sampling.outputs(), kernel, draws);
    return new SentenceStretches(
        sentences, Windows.of(config, model.input(), subwords, minibatch, kernel, draws), kernel);
  }

  private Stretches besideOthers(Sentences sentences, Draws draws) {
    int blockWords = Math.max(LEAST_BLOCK_WORDS, BLOCK_WORDS / config.threads());
    return new BlockStretches(
        new BlockTraining(sampling, config, model.input().count(), subwords, kernels, blockWords),
        sentences,
        draws,
        model);
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
