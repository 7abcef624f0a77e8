package io.headwater.model.fasttext;

import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.embedding.WordSequence;
import io.headwater.model.embedding.WordVectors;
import io.headwater.model.word2vec.Kernels;
import io.headwater.model.word2vec.KnownOutputs;
import io.headwater.model.word2vec.Word2VecConfig;
import io.headwater.model.word2vec.Word2VecModel;
import io.headwater.model.word2vec.Word2VecTrainer;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A fastText model.
 *
 * @param matrices input (words + buckets, dim) and output, as word2vec's
 */
public record FastTextModel(FastTextSettings settings, Word2VecModel matrices) {
  public FastTextModel {
    int rows = settings.subwords().matrixRows(matrices.vocabulary().size());
    if (matrices.input().count() != rows) {
      throw new IllegalArgumentException(
          "Cannot make a fastText model of "
              + rows
              + " words and buckets with "
              + matrices.input().count()
              + " rows");
    }
  }

  /** Input rows uniform in ±1/dim, outputs zero, as in the original program. */
  public static FastTextModel initial(
      Vocabulary vocabulary, Word2VecConfig config, FastTextSettings settings) {
    Rows input = new Rows(settings.subwords().matrixRows(vocabulary.size()), config.dim());
    SplittableRandom random = new SplittableRandom(config.seed());
    float[] row = new float[config.dim()];
    for (long at = 0; at < input.count(); at++) {
      for (int d = 0; d < row.length; d++) {
        row[d] = (float) ((2 * random.nextDouble() - 1) / row.length);
      }
      input.set(at, row);
    }
    Rows output = new Rows(Word2VecModel.outputRows(vocabulary, config.loss()), config.dim());
    return new FastTextModel(settings, new Word2VecModel(vocabulary, input, output));
  }

  /**
   * A model that has the rows of another's words and buckets; other words begin as in a new one.
   *
   * @throws UserException if vectors or n-grams differ
   */
  public static FastTextModel grown(
      Vocabulary vocabulary,
      Word2VecConfig config,
      FastTextSettings settings,
      FastTextModel known) {
    Subwords theirs = known.settings.subwords();
    if (known.settings.dim() != config.dim() || !theirs.equals(settings.subwords())) {
      throw new UserException(
          "Cannot begin with a fastText model of embedding.dim %d, min-n %d, max-n %d and buckets %d"
                  .formatted(known.settings.dim(), theirs.minN(), theirs.maxN(), theirs.buckets())
              + ": the run must have the same");
    }
    FastTextModel model = initial(vocabulary, config, settings);
    Rows from = known.matrices.input();
    Rows into = model.matrices.input();
    Vocabulary old = known.vocabulary();
    for (int bucket = 0; bucket < theirs.buckets(); bucket++) {
      into.set((long) vocabulary.size() + bucket, from.row((long) old.size() + bucket));
    }
    for (int word = 0; word < vocabulary.size(); word++) {
      int id = old.id(vocabulary.word(word));
      if (id >= 0) {
        into.set(word, from.row(id));
      }
    }
    if (known.outputs().fit(vocabulary, config.loss())) {
      known.outputs().copyTo(model.matrices);
    }
    return model;
  }

  /** The rows that predict. */
  public KnownOutputs outputs() {
    return new KnownOutputs(vocabulary(), settings.loss(), matrices.output());
  }

  public Vocabulary vocabulary() {
    return matrices.vocabulary();
  }

  /** Trains this model on a corpus of its vocabulary's numbers. */
  public Word2VecTrainer trainer(Word2VecConfig config, WordSequence corpus, Kernels kernels) {
    return Word2VecTrainer.overSubwords(
        matrices, config, corpus, kernels, new SubwordRows(vocabulary(), settings.subwords()));
  }

  /** The vector of each word, and of any other that has an n-gram. */
  public WordVectors vectors() {
    SubwordRows rows = new SubwordRows(vocabulary(), settings.subwords());
    Rows vectors = new Rows(vocabulary().size(), settings.dim());
    for (int word = 0; word < vocabulary().size(); word++) {
      vectors.set(word, mean(rows.of(word)));
    }
    return new WordVectors(vocabulary().words(), vectors, this::unseen);
  }

  private Optional<float[]> unseen(String word) {
    int[] rows = settings.subwords().of(word);
    for (int n = 0; n < rows.length; n++) {
      rows[n] += vocabulary().size();
    }
    return rows.length == 0 ? Optional.empty() : Optional.of(mean(rows));
  }

  private float[] mean(int[] rows) {
    float[] mean = new float[settings.dim()];
    for (int row : rows) {
      float[] block = matrices.input().block(row);
      int at = matrices.input().offset(row);
      for (int d = 0; d < mean.length; d++) {
        mean[d] += block[at + d];
      }
    }
    for (int d = 0; d < mean.length; d++) {
      mean[d] /= rows.length;
    }
    return mean;
  }
}
