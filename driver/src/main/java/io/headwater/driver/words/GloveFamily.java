package io.headwater.driver.words;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.config.EmbeddingSection;
import io.headwater.driver.config.WordTrainingSection;
import io.headwater.driver.run.Progress;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.embedding.WordVectors;
import io.headwater.model.glove.Cooccurrences;
import io.headwater.model.glove.GloveCheckpoint;
import io.headwater.model.glove.GloveConfig;
import io.headwater.model.glove.GloveModel;
import io.headwater.model.glove.GloveTrainer;
import io.headwater.model.word2vec.Kernels;
import io.headwater.worker.CooccurrencePart;
import io.headwater.worker.CooccurrenceTraining;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Vectors of co-occurrence counts; a resumed run counts again. */
final class GloveFamily implements EmbeddingFamily {
  private final GloveConfig config;
  private final long memoryBytes;

  GloveFamily(EmbeddingSection section) {
    this.config = section.glove();
    this.memoryBytes = (long) section.memoryMib() << 20;
  }

  /** A row per word: there is room for as many as there are words. */
  @Override
  public void check(Vocabulary vocabulary) {}

  @Override
  public ObjectNode config(Vocabulary vocabulary) {
    return GloveCheckpoint.config(vocabulary, config);
  }

  @Override
  public EmbeddingTraining training(WordText text, Optional<Checkpoint> start, Progress progress) {
    Vocabulary vocabulary = text.vocabulary();
    Cooccurrences entries = PairCounts.count(text, config, memoryBytes, progress);
    if (entries.size() == 0) {
      entries.close();
      throw noCompany();
    }
    sayCount(entries.size(), progress);
    GloveModel model =
        start
            .map(checkpoint -> GloveCheckpoint.read(checkpoint, vocabulary))
            .orElseGet(() -> GloveModel.initial(vocabulary, config));
    return new CountTraining(
        config(vocabulary),
        model,
        entries,
        new GloveTrainer(model, config, entries, Kernels.best()));
  }

  @Override
  public GivenVectors given(String from) {
    Optional<GloveModel> whole = WordVectorSource.readGlove(from);
    WordVectors vectors =
        whole.map(GloveModel::vectors).orElseGet(() -> WordVectorSource.read(from));
    return new GivenVectors() {
      @Override
      public Set<String> words() {
        return Set.copyOf(vectors.words());
      }

      @Override
      public Weights grown(Vocabulary vocabulary) {
        GloveModel model =
            whole
                .map(known -> GloveModel.grown(vocabulary, config, known))
                .orElseGet(() -> GloveModel.grown(vocabulary, config, vectors));
        return new Weights(
            GloveCheckpoint.layout(model),
            GloveCheckpoint.weights(model),
            GloveCheckpoint.optimizerState(model));
      }
    };
  }

  @Override
  public FamilyTables inTables(
      WordText text, WordTrainingSection training, String folder, Progress progress) {
    progress.say("Counting co-occurrences");
    List<CooccurrencePart> parts =
        CooccurrenceParts.write(text, config, folder, training.workers(), memoryBytes);
    if (parts.isEmpty()) {
      throw noCompany();
    }
    CountTables tables =
        new CountTables(
            new CooccurrenceTraining(
                text.vocabulary().size(), config, parts, training.blockWords()));
    sayCount(tables.size(), progress);
    return tables;
  }

  private static UserException noCompany() {
    return new UserException("Cannot train glove: no two words of the corpus are in one sentence");
  }

  private static void sayCount(long entries, Progress progress) {
    progress.say(String.format(Locale.ROOT, "%,d co-occurrences", entries));
  }
}
