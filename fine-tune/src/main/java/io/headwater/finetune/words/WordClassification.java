package io.headwater.finetune.words;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.BlockSource;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.finetune.Columns;
import io.headwater.finetune.Method;
import io.headwater.finetune.Scores;
import io.headwater.model.embedding.CheckpointWords;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.fasttext.ClassifierCheckpoint;
import io.headwater.model.fasttext.ClassifierInput;
import io.headwater.model.fasttext.ClassifierSettings;
import io.headwater.model.fasttext.ClassifierTrainer;
import io.headwater.model.fasttext.FastTextClassifier;
import io.headwater.model.word2vec.Word2VecCheckpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Makes classifiers of texts from word vectors, and scores them. */
public final class WordClassification {
  private static final int BLOCK = 1 << 16; // elements

  /** Told of each epoch, on the thread of the run. */
  public interface Progress {
    /**
     * An epoch is over.
     *
     * @param epoch from 1
     * @param loss mean over its texts, nats
     */
    void epoch(int epoch, int epochs, double loss);
  }

  private final WordClassifierConfig config;
  private final WordClassifierSettings settings;
  private final long start = System.nanoTime();

  private WordClassification(WordClassifierConfig config) {
    this.config = config;
    this.settings = config.settings();
  }

  /**
   * Trains, scores on the evaluation file and writes the classifier's folder.
   *
   * @param vectors what the classifier begins with; method {@code scratch} has its dimensions and
   *     n-grams of characters alone
   * @throws io.headwater.checkpoint.UserException if an input is wrong; nothing is written then
   */
  public static WordClassifierReport run(
      WordClassifierConfig config, ClassifierInput vectors, Progress progress) {
    return new WordClassification(config).run(vectors, progress);
  }

  private WordClassifierReport run(ClassifierInput vectors, Progress progress) {
    Checkpoint.requireWritable(config.output());
    LabelledTexts texts =
        LabelledTexts.training(
            config.train(), config.columns(), settings.trainPerClass(), settings.seed());
    LabelledTexts held = LabelledTexts.held(config.evaluation(), config.columns(), texts.labels());
    List<List<String>> words = config.reading().words(texts.texts());
    FastTextClassifier model = untrained(vectors, words, texts);
    List<Double> losses = train(model, model.features(words), texts, progress);
    Scores scores = score(model, config.reading(), held);
    write(model);
    return new WordClassifierReport(
        config.method(),
        scores,
        losses,
        texts.texts().size(),
        model.words().size(),
        elements(model, true),
        elements(model, config.method() != Method.PROBE),
        (System.nanoTime() - start) / 1e9,
        config.output());
  }

  private FastTextClassifier untrained(
      ClassifierInput vectors, List<List<String>> words, LabelledTexts texts) {
    ClassifierInput input = input(vectors, words);
    ClassifierSettings made =
        new ClassifierSettings(
            settings.loss(),
            input.rows().width(),
            settings.wordNgrams(),
            settings.negative(),
            settings.epochs(),
            settings.minCount(),
            input.subwords());
    int[] counts = new int[texts.labels().size()];
    Arrays.stream(texts.truth()).forEach(label -> counts[label]++);
    Vocabulary labels =
        Vocabulary.of(
            IntStream.range(0, counts.length)
                .mapToObj(label -> new Vocabulary.Count(texts.labels().get(label), counts[label]))
                .toList(),
            1);
    return FastTextClassifier.untrained(made, input, labels);
  }

  private ClassifierInput input(ClassifierInput vectors, List<List<String>> words) {
    int buckets = settings.wordNgrams() > 1 ? settings.buckets() : 0;
    return switch (config.method()) {
      case PROBE -> vectors;
      case SCRATCH ->
          ClassifierInput.drawn(
              words,
              settings.minCount(),
              vectors.subwords().sharedBy(buckets),
              vectors.rows().width(),
              settings.seed());
      default -> vectors.with(words, settings.minCount(), buckets, settings.seed());
    };
  }

  private List<Double> train(
      FastTextClassifier model, int[][] features, LabelledTexts texts, Progress progress) {
    ClassifierTrainer trainer =
        new ClassifierTrainer(
            model, config.method() != Method.PROBE, settings.learningRate(), settings.seed());
    int[] labels =
        Arrays.stream(texts.truth())
            .map(label -> model.labels().id(texts.labels().get(label)))
            .toArray();
    List<Double> losses = new ArrayList<>();
    for (int epoch = 0; epoch < settings.epochs(); epoch++) {
      losses.add(trainer.epoch(epoch, features, labels));
      progress.epoch(epoch + 1, settings.epochs(), losses.get(epoch));
    }
    return losses;
  }

  /**
   * Scores a classifier on a labelled file; on the evaluation file of the run that made it the
   * scores are those of its report.
   *
   * @throws io.headwater.checkpoint.UserException if the file has labels that it does not know
   */
  public static Scores score(
      FastTextClassifier model, TextReading reading, String data, Columns columns) {
    return score(model, reading, LabelledTexts.held(data, columns, model.labels().words()));
  }

  private static Scores score(FastTextClassifier model, TextReading reading, LabelledTexts texts) {
    float[][] logs = model.logProbabilities(model.features(reading.words(texts.texts())));
    int[] ids = texts.labels().stream().mapToInt(model.labels()::id).toArray();
    float[][] ordered = new float[logs.length][ids.length];
    for (int text = 0; text < logs.length; text++) {
      for (int label = 0; label < ids.length; label++) {
        ordered[text][label] = logs[text][ids[label]];
      }
    }
    return texts.score(ordered);
  }

  private void write(FastTextClassifier model) {
    ObjectNode json = ClassifierCheckpoint.config(model);
    config.reading().put(json);
    TensorLayout layout =
        Word2VecCheckpoint.layout(
            model.input().count(), model.output().count(), model.settings().dim());
    BlockSource input = model.input()::read;
    BlockSource weights =
        input.followedBy(model.output()::read, model.input().count() * model.settings().dim());
    try (FlatVector flat = FlatVector.allocate(layout.elements())) {
      float[] block = new float[BLOCK];
      for (long done = 0; done < layout.elements(); done += BLOCK) {
        int count = (int) Math.min(BLOCK, layout.elements() - done);
        weights.read(done, block, 0, count);
        flat.write(done, block, 0, count);
      }
      Checkpoint.write(
          config.output(),
          settings.epochs(),
          layout,
          flat,
          new CheckpointDescription(
              json,
              Optional.of(CheckpointWords.tokenizer(model.words())),
              Optional.of(CheckpointWords.counts(model.words()))));
    }
  }

  private static long elements(FastTextClassifier model, boolean withInput) {
    long rows = model.output().count() + (withInput ? model.input().count() : 0);
    return rows * model.settings().dim();
  }
}
