package io.headwater.model.word2vec;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.embedding.EpochPosition;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.embedding.WordSequence;
import io.headwater.model.embedding.WordVectors;
import io.headwater.model.word2vec.Word2VecConfig.Algorithm;
import io.headwater.model.word2vec.Word2VecConfig.Loss;
import io.headwater.model.word2vec.Word2VecConfig.Negatives;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On two topics of ten words that never meet. */
class Word2VecTrainerTest {
  private static final int TOPIC = 10;
  private static final int SENTENCES = 1500;
  private static final int WORDS = 12;

  private final WordSequence corpus = corpus();
  private final Vocabulary vocabulary = vocabulary(corpus);

  @ParameterizedTest
  @CsvSource({
    "SKIPGRAM,NS,SHARED,1,VECTOR",
    "SKIPGRAM,NS,SHARED,1,SCALAR",
    "SKIPGRAM,NS,PAIR,1,SCALAR",
    "SKIPGRAM,NS,SHARED,2,VECTOR",
    "SKIPGRAM,HS,SHARED,1,VECTOR",
    "SKIPGRAM,HS,PAIR,1,SCALAR",
    "CBOW,NS,SHARED,1,VECTOR",
    "CBOW,NS,PAIR,2,SCALAR",
    "CBOW,HS,SHARED,1,VECTOR"
  })
  void wordsThatKeepCompanyLieTogether(
      Algorithm algorithm, Loss loss, Negatives negatives, int threads, Kernels kernels) {
    Word2VecModel model = train(config(algorithm, loss, negatives, threads), kernels);

    WordVectors unit = new WordVectors(vocabulary.words(), model.input()).normalized();
    double within = 0;
    double between = 0;
    for (int a = 0; a < 2 * TOPIC; a++) {
      for (int b = 0; b < a; b++) {
        double cosine = unit.product(a, unit.rows().row(b));
        if (topic(a) == topic(b)) {
          within += cosine / (TOPIC * (TOPIC - 1));
        } else {
          between += cosine / (TOPIC * TOPIC);
        }
      }
    }
    assertThat(within).isGreaterThan(between + 0.5);
  }

  @ParameterizedTest
  @CsvSource({"VECTOR", "SCALAR"})
  void oneThreadGivesTheSameBitsAgain(Kernels kernels) {
    Word2VecConfig config = config(Algorithm.SKIPGRAM, Loss.NS, Negatives.SHARED, 1);

    Word2VecModel first = train(config, kernels);
    Word2VecModel second = train(config, kernels);

    for (int word = 0; word < vocabulary.size(); word++) {
      assertThat(first.input().row(word)).isEqualTo(second.input().row(word));
      assertThat(first.output().row(word)).isEqualTo(second.output().row(word));
    }
  }

  @ParameterizedTest
  @CsvSource({"SKIPGRAM,NS,SHARED", "SKIPGRAM,HS,PAIR", "CBOW,NS,SHARED"})
  void anEpochThatWasStoppedGoesOnWithTheSameBits(
      Algorithm algorithm, Loss loss, Negatives negatives) {
    Word2VecConfig config = config(algorithm, loss, negatives, 1);
    Word2VecModel whole = Word2VecModel.initial(vocabulary, config);
    EpochResult expected =
        new Word2VecTrainer(whole, config, corpus, Kernels.VECTOR).epoch(1, done -> {});
    Word2VecModel model = Word2VecModel.initial(vocabulary, config);
    Optional<EpochPosition> position = Optional.empty();
    EpochPart part;
    int parts = 0;
    do { // stopped whenever it asks
      part =
          new Word2VecTrainer(model, config, corpus, Kernels.VECTOR)
              .epoch(1, position, done -> {}, () -> true);
      position = part.position().map(at -> EpochPosition.of(at.toJson()));
      parts++;
    } while (position.isPresent());

    assertThat(parts).isEqualTo(2);
    assertThat(part.result()).isEqualTo(expected);
    assertThat(part.wordsHere()).isLessThan(expected.words());
    for (int word = 0; word < vocabulary.size(); word++) {
      assertThat(model.input().row(word)).isEqualTo(whole.input().row(word));
    }
    for (long row = 0; row < whole.output().count(); row++) {
      assertThat(model.output().row(row)).isEqualTo(whole.output().row(row));
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3"})
  void everyWordIsReadOncePerEpoch(int threads) {
    Word2VecConfig config = config(Algorithm.SKIPGRAM, Loss.NS, Negatives.SHARED, threads);
    Word2VecModel model = Word2VecModel.initial(vocabulary, config);
    AtomicLong told = new AtomicLong();

    EpochResult result =
        new Word2VecTrainer(model, config, corpus, Kernels.SCALAR)
            .epoch(0, done -> told.accumulateAndGet(done, Math::max));

    assertThat(result.words()).isEqualTo((long) SENTENCES * WORDS).isEqualTo(told.get());
    assertThat(result.loss()).isBetween(0.0, 1.0);
  }

  @Test
  void threadsThatWereStoppedGoOnWithWhatEachHadLeft() {
    Word2VecConfig config = config(Algorithm.SKIPGRAM, Loss.NS, Negatives.SHARED, 2);
    Word2VecModel model = Word2VecModel.initial(vocabulary, config);
    int half = Math.toIntExact(corpus.length());
    int[] twice = new int[2 * half];
    corpus.read(0, twice, 0, half);
    corpus.read(0, twice, half, half);
    Word2VecTrainer trainer =
        new Word2VecTrainer(model, config, WordSequence.of(twice), Kernels.SCALAR);

    EpochPart first = trainer.epoch(0, Optional.empty(), done -> {}, () -> true);
    EpochPart rest = trainer.epoch(0, first.position(), done -> {}, () -> false);

    assertThat(first.position()).isPresent();
    assertThat(rest.position()).isEmpty();
    long words = 2L * SENTENCES * WORDS;
    assertThat(first.wordsHere() + rest.wordsHere()).isEqualTo(words);
    assertThat(rest.result().words()).isEqualTo(words);
    assertThat(rest.result().centres()).isEqualTo(words);
  }

  private Word2VecModel train(Word2VecConfig config, Kernels kernels) {
    Word2VecModel model = Word2VecModel.initial(vocabulary, config);
    Word2VecTrainer trainer = new Word2VecTrainer(model, config, corpus, kernels);
    for (int epoch = 0; epoch < config.epochs(); epoch++) {
      trainer.epoch(epoch, done -> {});
    }
    return model;
  }

  private static Word2VecConfig config(
      Algorithm algorithm, Loss loss, Negatives negatives, int threads) {
    return new Word2VecConfig(algorithm, loss, 20, 5, 0, 5, negatives, 0.05, 5, threads, 7);
  }

  private int topic(int id) {
    return Integer.parseInt(vocabulary.word(id).substring(1)) / TOPIC;
  }

  private static WordSequence corpus() {
    Random random = new Random(3);
    int[] ids = new int[SENTENCES * (WORDS + 1)];
    for (int s = 0, at = 0; s < SENTENCES; s++) {
      int topic = random.nextInt(2);
      for (int w = 0; w < WORDS; w++) {
        ids[at++] = topic * TOPIC + random.nextInt(TOPIC);
      }
      ids[at++] = WordSequence.SENTENCE_END;
    }
    return WordSequence.of(ids);
  }

  /** In the order of the corpus's numbers: counts that fall with them. */
  private static Vocabulary vocabulary(WordSequence corpus) {
    List<Vocabulary.Count> counts = new ArrayList<>();
    long all = (long) SENTENCES * WORDS;
    long rest = all;
    for (int word = 2 * TOPIC - 1; word >= 1; word--) {
      long count = all / (2 * TOPIC) - word;
      counts.add(new Vocabulary.Count("w" + word, count));
      rest -= count;
    }
    counts.add(new Vocabulary.Count("w0", rest));
    return Vocabulary.of(counts, 1);
  }
}
