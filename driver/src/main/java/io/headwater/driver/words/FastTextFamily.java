package io.headwater.driver.words;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.driver.config.EmbeddingSection;
import io.headwater.driver.config.WordTrainingSection;
import io.headwater.driver.run.Progress;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.fasttext.FastTextCheckpoint;
import io.headwater.model.fasttext.FastTextModel;
import io.headwater.model.fasttext.FastTextSettings;
import io.headwater.model.word2vec.Kernels;
import io.headwater.model.word2vec.Word2VecConfig;
import io.headwater.worker.TextPart;
import io.headwater.worker.TextTraining;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Vectors of words and of their character n-grams. */
final class FastTextFamily implements EmbeddingFamily {
  private final Word2VecConfig config;
  private final FastTextSettings settings;

  FastTextFamily(EmbeddingSection section) {
    this.config = section.word2vec();
    this.settings = FastTextSettings.of(config, section.minCount(), section.subwords());
  }

  @Override
  public void check(Vocabulary vocabulary) {
    Word2VecFamily.checkOutputs(vocabulary, config);
    settings.subwords().matrixRows(vocabulary.size());
  }

  @Override
  public ObjectNode config(Vocabulary vocabulary) {
    return FastTextCheckpoint.config(vocabulary, config, settings);
  }

  @Override
  public EmbeddingTraining training(WordText text, Optional<Checkpoint> start, Progress progress) {
    WordCorpus corpus = WordCorpus.of(text); // Spark's memory, before the matrices take theirs
    FastTextModel model =
        start
            .map(FastTextCheckpoint::read)
            .orElseGet(() -> FastTextModel.initial(text.vocabulary(), config, settings));
    return new WindowTraining(
        config(text.vocabulary()),
        model.matrices(),
        model.trainer(config, corpus, Kernels.best()),
        corpus);
  }

  @Override
  public GivenVectors given(String from) {
    FastTextModel known = WordVectorSource.readFastText(from);
    return new GivenVectors() {
      @Override
      public Set<String> words() {
        return Set.copyOf(known.vocabulary().words());
      }

      @Override
      public Weights grown(Vocabulary vocabulary) {
        Word2VecFamily.tellFit(known.outputs(), vocabulary, config, from);
        return Word2VecFamily.weights(
            FastTextModel.grown(vocabulary, config, settings, known).matrices());
      }
    };
  }

  @Override
  public FamilyTables inTables(
      WordText text, WordTrainingSection training, String folder, Progress progress) {
    List<TextPart> parts = WordParts.write(text, folder, training.workers());
    return new WindowTables(
        new TextTraining(
            text.vocabulary(), config, settings.subwords(), parts, training.blockWords()));
  }
}
