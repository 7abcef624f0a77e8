package io.headwater.model.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.PublishedFolder;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.Execution;
import io.headwater.model.ModelFamily;
import io.headwater.model.Pretrainable;
import io.headwater.model.PublishedFiles;
import io.headwater.model.PublishedFiles.Stored;
import io.headwater.model.PublishedTable;
import io.headwater.model.PublishedWeights;
import io.headwater.model.SpanBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders of T5s, made by the table of docs/format/hugging-face.md. */
class PublishedT5Test {
  private static final int VOCABULARY = 113;
  private static final TensorLayout TABLE =
      PublishedTable.of(
          "T5", 2, Map.of("V", VOCABULARY, "D", 8, "F", 12, "A", 10, "H", 2, "B", 8), Set.of());
  private static final T5Config SIZES =
      new T5Config(new SpanTokens(VOCABULARY, 0, 1, 112), 512, 2, 2, 2, 5, 8, 12, 8, 9, 0.1, 1e-6);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"F32", "F16", "BF16"})
  void everyTokensScoreIsThatOfAnIndependentForwardPassOverTheFile(String type) throws IOException {
    double[] values = PublishedFiles.values(TABLE, 5);
    List<Stored> stored = PublishedFiles.stored(TABLE, values, type, UnaryOperator.identity());
    Stored shared = PublishedFiles.find(stored, "shared.weight");
    stored.add(shared.as("lm_head.weight"));
    stored.add(shared.as("encoder.embed_tokens.weight"));
    stored.add(shared.as("decoder.embed_tokens.weight"));
    String unused = "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight";
    stored.add(new Stored(unused, List.of(8L, 2L), type, new double[16]));
    PublishedFiles.write(folder, config("T5ForConditionalGeneration"), stored);
    try (PublishedWeights weights = read(Map.of())) {
      assertThat(weights.ignored()).containsExactly(unused);
      assertLosses(weights, values);
    }
  }

  @Test
  void readsOneInTwoFilesWhoseEmbeddingsAreStoredAsTheEncoders() throws IOException {
    double[] values = PublishedFiles.values(TABLE, 6);
    PublishedFiles.writeSharded(
        folder,
        config("T5Model"),
        PublishedFiles.stored(
            TABLE, values, "F32", name -> name.replace("shared", "encoder.embed_tokens")));
    try (PublishedWeights weights = read(Map.of())) {
      assertLosses(weights, values);
    }
  }

  @Test
  void anIndependentForwardPassOverAnExportedFolderGivesOurScores() throws IOException {
    try (T5Model model = new T5Model(SIZES, Execution.CPU)) {
      PublishedFiles.fill(model, 9);
      PublishedFiles.Read read = PublishedFiles.read(PublishedFiles.export(folder, model));
      assertThat(read.format()).isEqualTo("pt");
      assertThat(read.shapes()).isEqualTo(PublishedFiles.shapes(TABLE));
      assertLosses(model, read.layout(), read.values());
    }
  }

  @Test
  void theFirstSentinelIsTheTokenizers() throws IOException {
    PublishedFiles.write(
        folder,
        config("T5ForConditionalGeneration"),
        PublishedFiles.stored(
            TABLE, PublishedFiles.values(TABLE, 6), "F32", UnaryOperator.identity()));
    try (PublishedWeights weights = read(Map.of("<extra_id_0>", 105))) {
      assertThat(SpanTokens.of(weights.config()).firstSentinel()).isEqualTo(105);
    }
  }

  private PublishedWeights read(Map<String, Integer> specialTokens) {
    try (PublishedFolder published = PublishedFolder.open(folder.toString())) {
      return PublishedWeights.read(published, specialTokens, 1);
    }
  }

  /** The cross-entropy of a single target is its log-probability. */
  private static void assertLosses(PublishedWeights weights, double[] values) {
    try (Pretrainable model =
        ModelFamily.of(weights.config()).pretrainable(weights.config(), Execution.CPU)) {
      assertThat(model.layout()).isEqualTo(weights.layout());
      model.parameters().copyFrom(weights.parameters());
      assertLosses(model, TABLE, values);
    }
  }

  private static void assertLosses(Pretrainable model, TensorLayout layout, double[] values) {
    ReferenceT5 reference = new ReferenceT5(SIZES, layout, values);
    int[] input = {2, 4, 112, 3, 9, 111, 1};
    for (int token = 0; token < VOCABULARY; token++) {
      int[] targets = {token, (token * 7 + 3) % VOCABULARY};
      SpanBatch batch = new SpanBatch(1, input, new int[] {7}, targets, 1);
      assertThat(model.measure(batch).get(0).mean()).isCloseTo(reference.loss(batch), within(1e-4));
    }
  }

  private static ObjectNode config(String architecture) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.putArray("architectures").add(architecture);
    config.put("model_type", "t5").put("vocab_size", VOCABULARY).put("n_positions", 512);
    config.put("d_model", 8).put("d_ff", 12).put("d_kv", 5).put("num_heads", 2);
    config.put("num_layers", 2).put("relative_attention_num_buckets", 8);
    config.put("relative_attention_max_distance", 9).put("dropout_rate", 0.1);
    config.put("pad_token_id", 0).put("eos_token_id", 1).put("layer_norm_epsilon", 1e-6);
    return config;
  }
}
