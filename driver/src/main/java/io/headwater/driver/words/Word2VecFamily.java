package io.headwater.driver.words;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.driver.config.EmbeddingSection;
import io.headwater.driver.config.WordTrainingSection;
import io.headwater.driver.run.Progress;
import io.headwater.model.embedding.HuffmanTree;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.word2vec.Kernels;
import io.headwater.model.word2vec.KnownOutputs;
import io.headwater.model.word2vec.Word2VecCheckpoint;
import io.headwater.model.word2vec.Word2VecConfig;
import io.headwater.model.word2vec.Word2VecConfig.Loss;
import io.headwater.model.word2vec.Word2VecModel;
import io.headwater.model.word2vec.Word2VecTrainer;
import io.headwater.worker.TextPart;
import io.headwater.worker.TextTraining;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A vector per word. */
final class Word2VecFamily implements EmbeddingFamily {
  private static final Logger LOG = LoggerFactory.getLogger(Word2VecFamily.class);

  private final Word2VecConfig config;

  Word2VecFamily(EmbeddingSection section) {
    this.config = section.word2vec();
  }

  @Override
  public void check(Vocabulary vocabulary) {
    checkOutputs(vocabulary, config);
  }

  static void checkOutputs(Vocabulary vocabulary, Word2VecConfig config) {
    if (config.loss() == Loss.HS) {
      HuffmanTree.checkLeaves(vocabulary.size());
    }
  }

  @Override
  public ObjectNode config(Vocabulary vocabulary) {
    return Word2VecCheckpoint.config(vocabulary, config);
  }

  @Override
  public EmbeddingTraining training(WordText text, Optional<Checkpoint> start, Progress progress) {
    Vocabulary vocabulary = text.vocabulary();
    WordCorpus corpus = WordCorpus.of(text); // Spark's memory, before the matrices take theirs
    Word2VecModel model =
        start
            .map(checkpoint -> Word2VecCheckpoint.read(checkpoint, vocabulary))
            .orElseGet(() -> Word2VecModel.initial(vocabulary, config));
    return new WindowTraining(
        config(vocabulary),
        model,
        new Word2VecTrainer(model, config, corpus, Kernels.best()),
        corpus);
  }

  @Override
  public GivenVectors given(String from) {
    WordVectorSource.Matrices known = WordVectorSource.readMatrices(from);
    return new GivenVectors() {
      @Override
      public Set<String> words() {
        return Set.copyOf(known.vectors().words());
      }

      @Override
      public Weights grown(Vocabulary vocabulary) {
        known.outputs().ifPresent(outputs -> tellFit(outputs, vocabulary, config, from));
        return weights(Word2VecModel.grown(vocabulary, config, known.vectors(), known.outputs()));
      }
    };
  }

  /** Of what is not taken along, though it is there. */
  static void tellFit(
      KnownOutputs outputs, Vocabulary vocabulary, Word2VecConfig config, String from) {
    if (!outputs.fit(vocabulary, config.loss())) {
      LOG.warn(
          "The output matrix begins at zero: that of {} is {}",
          from,
          outputs.loss() == config.loss()
              ? "of a tree over other words or counts"
              : "of embedding.loss " + outputs.loss().name().toLowerCase(Locale.ROOT));
    }
  }

  /** Of both matrices. */
  static GivenVectors.Weights weights(Word2VecModel model) {
    return new GivenVectors.Weights(
        Word2VecCheckpoint.layout(model), Word2VecCheckpoint.weights(model), Map.of());
  }

  @Override
  public FamilyTables inTables(
      WordText text, WordTrainingSection training, String folder, Progress progress) {
    List<TextPart> parts = WordParts.write(text, folder, training.workers());
    return new WindowTables(
        new TextTraining(text.vocabulary(), config, null, parts, training.blockWords()));
  }
}
