package io.headwater.model.word2vec;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.embedding.WordSequence;
import io.headwater.model.fasttext.Subwords;
import io.headwater.model.word2vec.Word2VecConfig.Algorithm;
import io.headwater.model.word2vec.Word2VecConfig.Loss;
import io.headwater.model.word2vec.Word2VecConfig.Negatives;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Blocks of a random text, whose rows come from matrices in memory. */
class BlockTrainingTest {
  private static final int WORDS = 60;
  private static final int SENTENCES = 500;
  private static final int LENGTH = 12;
  private static final int DIM = 20;
  private static final Subwords SUBWORDS = new Subwords(2, 3, 50);

  private final WordSequence corpus = corpus();
  private final Vocabulary vocabulary = vocabulary();

  @ParameterizedTest
  @CsvSource({
    "SKIPGRAM,SHARED,false,VECTOR",
    "SKIPGRAM,PAIR,false,SCALAR",
    "CBOW,SHARED,false,VECTOR",
    "SKIPGRAM,SHARED,true,VECTOR",
    "SKIPGRAM,PAIR,true,VECTOR",
    "CBOW,SHARED,true,SCALAR"
  })
  void oneBlockGivesTheBitsOfTheTrainerInMemory(
      Algorithm algorithm, Negatives negatives, boolean subwords, Kernels kernels) {
    Word2VecConfig config = config(algorithm, Loss.HS, negatives);
    Word2VecModel expected = model(config, subwords);
    Word2VecTrainer trainer =
        subwords
            ? Word2VecTrainer.overSubwords(
                expected, config, corpus, kernels, SUBWORDS.rows(vocabulary))
            : new Word2VecTrainer(expected, config, corpus, kernels);
    EpochResult result = trainer.epoch(0, done -> {});

    Word2VecModel model = model(config, subwords);
    BlockTraining training = training(config, model, subwords, kernels, Integer.MAX_VALUE);
    Blocks blocks = training.blocks(corpus, 0, config.seed());
    Block block = blocks.next();
    train(training, block, model);

    assertThat(block.words()).isEqualTo(result.words());
    assertThat(blocks.next()).isNull();
    assertThat(training.takeLoss()).isEqualTo(result.loss());
    assertSame(model.input(), expected.input());
    assertSame(model.output(), expected.output());
  }

  @Test
  void manyBlocksReadEveryWordOnceAndTouchOnlyTheirRows() {
    Word2VecConfig config = config(Algorithm.SKIPGRAM, Loss.NS, Negatives.SHARED);
    Word2VecModel model = model(config, false);
    BlockTraining training = training(config, model, false, Kernels.VECTOR, 50);
    Blocks blocks = training.blocks(corpus, 0, 1);

    long words = 0;
    int count = 0;
    float rate = Float.MAX_VALUE;
    for (Block block = blocks.next(); block != null; block = blocks.next(), count++) {
      words += block.words();
      assertThat(block.rate()).isLessThan(rate);
      rate = block.rate();
      assertThat(block.inputs()).doesNotHaveDuplicates();
      assertThat(block.outputs()).doesNotHaveDuplicates();
      List<float[]> before = rowsOf(model.input());
      Set<Long> touched = new HashSet<>(LongStream.of(block.inputs()).boxed().toList());
      train(training, block, model);
      for (int row = 0; row < WORDS; row++) {
        if (!touched.contains((long) row)) {
          assertThat(model.input().row(row)).isEqualTo(before.get(row));
        }
      }
    }
    assertThat(words).isEqualTo((long) SENTENCES * LENGTH);
    assertThat(count).isGreaterThan(90);
    assertThat(training.takeLoss()).isBetween(0.1, 1.0);
    assertThat(training.takeLoss()).isNaN();
  }

  @Test
  void negativesOfAPoolAreDrawnAsOftenAsWithout() {
    NegativeSampling sampling = NegativeSampling.of(vocabulary, 5, false);
    PooledNegatives pooled = new PooledNegatives(sampling, 5, 40);
    int centre = WORDS - 1;

    double[] direct = shares(sampling, centre);
    double[] shares = shares(pooled, centre);

    for (int word = 0; word < centre; word++) {
      assertThat(shares[word]).isBetween(0.9 * direct[word] - 1e-3, 1.1 * direct[word] + 1e-3);
    }
  }

  private double[] shares(OutputLayer layer, int centre) {
    Draws draws = new Draws(5);
    int[] outputs = new int[layer.mostOutputs()];
    float[] labels = new float[layer.mostOutputs()];
    double[] shares = new double[WORDS];
    int rounds = 200_000;
    for (int i = 0; i < rounds; i++) {
      if (i % 10 == 0) {
        layer.begin(draws);
      }
      int count = layer.outputs(centre, draws, outputs, labels);
      for (int k = 1; k < count; k++) {
        shares[outputs[k]] += 0.2 / rounds;
      }
    }
    return shares;
  }

  private BlockTraining training(
      Word2VecConfig config, Word2VecModel model, boolean subwords, Kernels kernels, int words) {
    Optional<InputRows> rows = subwords ? Optional.of(SUBWORDS.rows(vocabulary)) : Optional.empty();
    return new BlockTraining(vocabulary, config, model.input().count(), rows, kernels, words);
  }

  private static void train(BlockTraining training, Block block, Word2VecModel model) {
    float[] in = gather(model.input(), block.inputs());
    float[] out = gather(model.output(), block.outputs());
    training.train(block, in, out);
    scatter(in, block.inputs(), model.input());
    scatter(out, block.outputs(), model.output());
  }

  private static float[] gather(Rows from, long[] rows) {
    float[] values = new float[rows.length * DIM];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(from.row(rows[i]), 0, values, i * DIM, DIM);
    }
    return values;
  }

  private static void scatter(float[] values, long[] rows, Rows into) {
    for (int i = 0; i < rows.length; i++) {
      into.write(rows[i] * DIM, values, i * DIM, DIM);
    }
  }

  private Word2VecModel model(Word2VecConfig config, boolean subwords) {
    Rows input = new Rows(WORDS + (subwords ? SUBWORDS.buckets() : 0), DIM);
    Random random = new Random(1);
    for (long row = 0; row < input.count(); row++) {
      float[] values = new float[DIM];
      for (int d = 0; d < DIM; d++) {
        values[d] = random.nextFloat() - 0.5f;
      }
      input.set(row, values);
    }
    return new Word2VecModel(
        vocabulary, input, new Rows(Word2VecModel.outputRows(vocabulary, config.loss()), DIM));
  }

  private static void assertSame(Rows actual, Rows expected) {
    for (long row = 0; row < expected.count(); row++) {
      assertThat(actual.row(row)).isEqualTo(expected.row(row));
    }
  }

  private static List<float[]> rowsOf(Rows matrix) {
    List<float[]> rows = new ArrayList<>();
    for (long row = 0; row < matrix.count(); row++) {
      rows.add(matrix.row(row));
    }
    return rows;
  }

  private static Word2VecConfig config(Algorithm algorithm, Loss loss, Negatives negatives) {
    return new Word2VecConfig(algorithm, loss, DIM, 5, 1e-2, 5, negatives, 0.05, 2, 1, 7);
  }

  private static WordSequence corpus() {
    Random random = new Random(3);
    int[] ids = new int[SENTENCES * (LENGTH + 1)];
    for (int s = 0, at = 0; s < SENTENCES; s++) {
      for (int w = 0; w < LENGTH; w++) {
        ids[at++] = (int) (WORDS * random.nextDouble() * random.nextDouble());
      }
      ids[at++] = WordSequence.SENTENCE_END;
    }
    return WordSequence.of(ids);
  }

  private static Vocabulary vocabulary() {
    List<Vocabulary.Count> counts = new ArrayList<>();
    long rest = (long) SENTENCES * LENGTH;
    for (int word = 0; word < WORDS; word++) {
      long count = word == WORDS - 1 ? rest : Math.max(1, rest / 20);
      counts.add(new Vocabulary.Count("word" + word, count));
      rest -= count;
    }
    return Vocabulary.ordered(counts);
  }
}
