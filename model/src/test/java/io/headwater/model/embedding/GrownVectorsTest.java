package io.headwater.model.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.UserException;
import io.headwater.model.fasttext.FastTextModel;
import io.headwater.model.fasttext.FastTextSettings;
import io.headwater.model.fasttext.Subwords;
import io.headwater.model.glove.GloveConfig;
import io.headwater.model.glove.GloveModel;
import io.headwater.model.word2vec.Kernels;
import io.headwater.model.word2vec.KnownOutputs;
import io.headwater.model.word2vec.Word2VecConfig;
import io.headwater.model.word2vec.Word2VecConfig.Algorithm;
import io.headwater.model.word2vec.Word2VecConfig.Loss;
import io.headwater.model.word2vec.Word2VecConfig.Negatives;
import io.headwater.model.word2vec.Word2VecModel;
import io.headwater.model.word2vec.Word2VecTrainer;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Old words keep their rows wherever they come to stand; new words have those of a new model. */
class GrownVectorsTest {
  private static final Vocabulary OLD = vocabulary("a", "b", "c");
  private static final Vocabulary NEW = vocabulary("x", "c", "a", "y", "b");

  @ParameterizedTest
  @EnumSource
  void word2vecKeepsBothRowsOfAWord(Loss loss) {
    Word2VecConfig config = config(loss);
    Word2VecModel old = trained(config);
    WordVectors known = new WordVectors(OLD.words(), old.input());
    Optional<KnownOutputs> outputs = Optional.of(new KnownOutputs(OLD, loss, old.output()));

    Word2VecModel grown = Word2VecModel.grown(NEW, config, known, outputs);

    Word2VecModel fresh = Word2VecModel.initial(NEW, config);
    assertRows(grown.input(), old.input(), fresh.input());
    assertThat(grown.output().count()).isEqualTo(loss == Loss.NS ? 5 : 4);
    if (loss == Loss.NS) {
      assertRows(grown.output(), old.output(), fresh.output());
    }
  }

  @Test
  void aTreeKeepsItsRowsWhileCountsMakeTheSame() {
    Word2VecConfig config = config(Loss.HS);
    Word2VecModel old = trained(config);
    WordVectors known = new WordVectors(OLD.words(), old.input());
    KnownOutputs outputs = new KnownOutputs(OLD, Loss.HS, old.output());
    Vocabulary alike = counted(100, 90, 80);
    Vocabulary other = counted(100, 3, 3); // the root's children change places
    assertThat(old.output().row(0)).isNotEqualTo(new float[6]);

    Word2VecModel kept = Word2VecModel.grown(alike, config, known, Optional.of(outputs));

    for (int node = 0; node < 2; node++) {
      assertThat(kept.output().row(node)).containsExactly(old.output().row(node));
    }
    assertThat(outputs.fit(other, Loss.HS)).isFalse();
    assertThat(outputs.fit(NEW, Loss.HS)).isFalse();
    assertThat(outputs.fit(alike, Loss.NS)).isFalse();
    assertThat(Word2VecModel.grown(other, config, known, Optional.of(outputs)).output().row(0))
        .containsOnly(0);
  }

  private static Vocabulary counted(long a, long b, long c) {
    return Vocabulary.ordered(
        List.of(
            new Vocabulary.Count("a", a),
            new Vocabulary.Count("b", b),
            new Vocabulary.Count("c", c)));
  }

  @Test
  void fastTextKeepsTheRowsOfItsBuckets() {
    Word2VecConfig config = config(Loss.NS);
    FastTextSettings settings = FastTextSettings.of(config, 1, new Subwords(1, 3, 50));
    FastTextModel old = FastTextModel.initial(OLD, config, settings);
    old.trainer(config, corpus(), Kernels.best()).epoch(0, done -> {});

    FastTextModel grown = FastTextModel.grown(NEW, config, settings, old);

    for (String word : OLD.words()) {
      assertThat(grown.vectors().vector(word).orElseThrow())
          .containsExactly(old.vectors().vector(word).orElseThrow());
    }
    assertThat(grown.vectors().vector("unseen").orElseThrow())
        .containsExactly(old.vectors().vector("unseen").orElseThrow());
    assertThat(grown.matrices().output().row(1)).containsExactly(old.matrices().output().row(2));
    FastTextSettings others = FastTextSettings.of(config, 1, new Subwords(2, 3, 50));
    assertThatThrownBy(() -> FastTextModel.grown(NEW, config, others, old))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("min-n 1, max-n 3 and buckets 50: the run must have the same");
  }

  @Test
  void gloveKeepsVectorsWithAndWithoutItsOwnMatrices() {
    GloveConfig config = new GloveConfig(6, 5, 10, 0.75, 0.05, 1, 1, 3);
    GloveModel old = GloveModel.initial(OLD, config);

    GloveModel whole = GloveModel.grown(NEW, config, old);
    GloveModel halves = GloveModel.grown(NEW, config, old.vectors());

    assertThat(whole.wordSquares().row(1)).containsExactly(old.wordSquares().row(2));
    for (String word : OLD.words()) {
      assertThat(whole.context().row(NEW.id(word)))
          .containsExactly(old.context().row(OLD.id(word)));
      assertThat(halves.vectors().vector(word).orElseThrow())
          .containsExactly(old.vectors().vector(word).orElseThrow());
    }
  }

  @Test
  void vectorsOfAnotherLengthAreRefused() {
    WordVectors known = new WordVectors(OLD.words(), new Rows(3, 7));
    assertThatThrownBy(() -> Word2VecModel.grown(NEW, config(Loss.NS), known, Optional.empty()))
        .isInstanceOf(UserException.class)
        .hasMessage("Cannot begin with vectors of 7 numbers: embedding.dim is 6");
  }

  /** As a tree of counts it would be a chain: an epoch over it would take hours. */
  @Test
  void manyKnownWordsThatDoNotOccurAreTrainedBesides() {
    List<Vocabulary.Count> counts =
        IntStream.range(0, 20_000)
            .mapToObj(word -> new Vocabulary.Count("w" + word, word < 10 ? 100 - word : 0))
            .toList();
    Vocabulary vocabulary = Vocabulary.ordered(counts);
    Word2VecConfig config = config(Loss.HS);
    Word2VecModel model = Word2VecModel.initial(vocabulary, config);
    int[] ids = new Random(1).ints(2000, 0, 10).toArray();

    double loss =
        new Word2VecTrainer(model, config, WordSequence.of(ids), Kernels.best())
            .epoch(0, done -> {})
            .loss();

    // The first step predicts every inner node by half: the mean is that of a node.
    assertThat(loss).isBetween(0.01, 1.0);
    assertThat(model.input().row(19_999))
        .containsExactly(Word2VecModel.initial(vocabulary, config).input().row(19_999));
  }

  private static void assertRows(Rows grown, Rows old, Rows fresh) {
    for (String word : NEW.words()) {
      int id = OLD.id(word);
      assertThat(grown.row(NEW.id(word)))
          .containsExactly(id >= 0 ? old.row(id) : fresh.row(NEW.id(word)));
    }
  }

  private static Word2VecModel trained(Word2VecConfig config) {
    Word2VecModel model = Word2VecModel.initial(OLD, config);
    new Word2VecTrainer(model, config, corpus(), Kernels.best()).epoch(0, done -> {});
    return model;
  }

  private static WordSequence corpus() {
    return WordSequence.of(0, 1, 2, 0, 1, 0);
  }

  private static Word2VecConfig config(Loss loss) {
    return new Word2VecConfig(
        Algorithm.SKIPGRAM, loss, 6, 2, 0, 5, Negatives.SHARED, 0.05, 1, 1, 7);
  }

  private static Vocabulary vocabulary(String... words) {
    return Vocabulary.ordered(
        IntStream.range(0, words.length)
            .mapToObj(id -> new Vocabulary.Count(words[id], 10 - id))
            .toList());
  }
}
