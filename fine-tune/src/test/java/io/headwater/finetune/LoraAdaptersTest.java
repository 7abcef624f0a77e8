package io.headwater.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.Execution;
import io.headwater.model.LabelledBatch;
import io.headwater.model.ModelFamily;
import io.headwater.model.Target;
import io.headwater.model.TextBatch;
import io.headwater.model.head.ClassificationHead;
import io.headwater.model.head.EmbeddingHead;
import io.headwater.model.head.HeadedNetwork;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoraAdaptersTest {
  private static final LoraSettings SETTINGS = new LoraSettings(3, 6, List.of(), List.of());
  private static final TextBatch TEXTS =
      new TextBatch(2, 4, new int[] {1, 2, 3, 4, 5, 6, 7, 0}, new int[8], new int[] {4, 3}, 1);
  private static final LabelledBatch BATCH = new LabelledBatch(TEXTS, Target.Classes.of(1, 0));

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"gpt", "bert"})
  void adaptersOfZeroLeaveTheNetworkAsItWas(String family) {
    try (HeadedNetwork classifier = classifier(family)) {
      float[] before = classifier.outputs(TEXTS);
      try (LoraAdapters adapters = new LoraAdapters(classifier, SETTINGS, 1)) {
        adapters.apply();
        assertThat(classifier.outputs(TEXTS)).isEqualTo(before);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt", "bert"})
  void gradientsOfFactorsAndHeadAgreeWithFiniteDifferences(String family) {
    try (HeadedNetwork classifier = classifier(family);
        LoraAdapters adapters = new LoraAdapters(classifier, SETTINGS, 1)) {
      enliven(adapters);
      adapters.gradient(BATCH);
      double[] direction = new double[(int) adapters.layout().elements()];
      double norm = 0;
      for (int i = 0; i < direction.length; i++) {
        direction[i] = adapters.gradients().get(i);
        norm += direction[i] * direction[i];
      }
      norm = Math.sqrt(norm);
      for (TensorLayout.Entry tensor : adapters.layout().entries()) {
        double along = 0;
        for (long i = tensor.offset(); i < tensor.end(); i++) {
          along += direction[(int) i] * direction[(int) i];
        }
        double step = 2e-3 / Math.sqrt(along);
        double above = lossAt(adapters, direction, tensor, step);
        double below = lossAt(adapters, direction, tensor, -2 * step);
        lossAt(adapters, direction, tensor, step); // back
        assertThat((above - below) / (2 * step))
            .as(tensor.name())
            .isCloseTo(along, within(0.03 * along + 1e-4 * norm * Math.sqrt(along)));
      }
    }
  }

  /** W + scale B A, in double precision, of the frozen weights and the files on disk. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt", "bert"})
  void theFilesAndTheFrozenWeightsMakeTheMergedNetwork(String family) throws IOException {
    try (HeadedNetwork classifier = classifier(family);
        HeadedNetwork frozen = classifier(family);
        LoraAdapters adapters = new LoraAdapters(classifier, SETTINGS, 1)) {
      enliven(adapters);
      adapters.apply();
      float[] merged = classifier.outputs(TEXTS);
      assertThat(merged).isNotEqualTo(frozen.outputs(TEXTS));
      adapters.write(folder.resolve("adapter").toString(), "SEQ_CLS", "base");

      JsonNode config = new ObjectMapper().readTree(file("adapter_config.json").toFile());
      double scale = config.path("lora_alpha").asDouble() / config.path("r").asInt();
      Map<String, double[]> files = tensors();
      for (JsonNode layer : config.path("target_modules")) {
        String name = "base_model.model." + layer.asText();
        add(
            frozen,
            layer.asText() + ".weight",
            files.remove(name + ".lora_A.weight"),
            files.remove(name + ".lora_B.weight"),
            scale,
            config.path("fan_in_fan_out").asBoolean());
      }
      files.forEach((name, values) -> set(frozen, name.replace("base_model.model.", ""), values));
      float[] unmerged = frozen.outputs(TEXTS);
      for (int i = 0; i < merged.length; i++) {
        assertThat(merged[i]).isCloseTo(unmerged[i], within(1e-4f));
      }
      assertThat(config.path("peft_type").asText()).isEqualTo("LORA");
      assertThat(config.path("task_type").asText()).isEqualTo("SEQ_CLS");
      assertThat(config.path("modules_to_save").path(0).asText())
          .isEqualTo(family.equals("gpt") ? "score" : "classifier");
    }
  }

  @Test
  void goesToTheLayersThatAreNamed() {
    LoraSettings all =
        new LoraSettings(2, 4, List.of("query", "attention.output.dense"), List.of());
    try (HeadedNetwork classifier = classifier("bert");
        LoraAdapters adapters = new LoraAdapters(classifier, all, 1)) {
      assertThat(adapters.layout().entries())
          .extracting(TensorLayout.Entry::name)
          .contains(
              "base_model.model.bert.encoder.layer.1.attention.output.dense.lora_A.weight",
              "base_model.model.classifier.bias")
          .noneMatch(name -> name.contains("value") || name.contains("layer.0.output"));
    }
  }

  @Test
  void normsAndOtherLayersAreTrainedWholeWhereTheyAreNamed() {
    LoraSettings some =
        new LoraSettings(2, 4, List.of("query"), List.of("LayerNorm", "pooler.dense"));
    try (HeadedNetwork network = classifier("bert");
        LoraAdapters adapters = new LoraAdapters(network, some, 1)) {
      assertThat(adapters.layout().entries())
          .extracting(TensorLayout.Entry::name)
          .contains(
              "base_model.model.bert.embeddings.LayerNorm.weight",
              "base_model.model.bert.encoder.layer.1.output.LayerNorm.bias",
              "base_model.model.bert.pooler.dense.weight",
              "base_model.model.classifier.weight")
          .noneMatch(name -> name.contains("value") || name.contains("word_embeddings"));
      enliven(adapters);
      adapters.gradient(BATCH);
      TensorLayout.Entry norm =
          adapters.layout().entry("base_model.model.bert.encoder.layer.1.output.LayerNorm.bias");
      TensorLayout.Entry ofNetwork =
          network.layout().entry("bert.encoder.layer.1.output.LayerNorm.bias");
      assertThat(adapters.gradients().get(norm.offset()))
          .isNotZero()
          .isEqualTo(network.gradients().get(ofNetwork.offset()));
      assertThat(network.parameters().get(ofNetwork.offset()))
          .isEqualTo(adapters.parameters().get(norm.offset()));
    }
    try (HeadedNetwork network = classifier("gpt")) {
      LoraSettings wrong = new LoraSettings(2, 4, List.of(), List.of("LayerNorm"));
      assertThatThrownBy(() -> new LoraAdapters(network, wrong, 1))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("Cannot train layers named LayerNorm whole")
          .hasMessageContaining("ln_1");
    }
  }

  /** PEFT wraps a bare body, whose layers have no prefix. */
  @Test
  void adaptersOfAnEmbedderAreNamedAsInItsClass() {
    ObjectNode config = ModelFamily.ofPreset("bert-tiny").config("bert-tiny", 20);
    try (HeadedNetwork network =
            ModelFamily.of(config).headed(config, new EmbeddingHead(0.1), Execution.CPU);
        LoraAdapters adapters = new LoraAdapters(network, SETTINGS, 1)) {
      assertThat(adapters.layout().entries())
          .isNotEmpty()
          .allMatch(entry -> entry.name().startsWith("base_model.model.encoder.layer."));
    }
  }

  @Test
  void refusesALayerThatIsNotThere() {
    try (HeadedNetwork classifier = classifier("gpt")) {
      LoraSettings wrong = new LoraSettings(2, 4, List.of("q_proj"), List.of());
      assertThatThrownBy(() -> new LoraAdapters(classifier, wrong, 1))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith(
              "Cannot adapt layers named q_proj: the linear layers of the first block are"
                  + " [transformer.h.0.attn.c_attn, ");
    }
  }

  private static double lossAt(
      LoraAdapters adapters, double[] direction, TensorLayout.Entry tensor, double by) {
    for (long i = tensor.offset(); i < tensor.end(); i++) {
      adapters
          .parameters()
          .set(i, (float) (adapters.parameters().get(i) + by * direction[(int) i]));
    }
    adapters.apply();
    return adapters.gradient(BATCH);
  }

  private static void enliven(LoraAdapters adapters) {
    Random random = new Random(4);
    for (long i = 0; i < adapters.layout().elements(); i++) {
      float value = adapters.parameters().get(i);
      adapters.parameters().set(i, value + (float) (0.2 * random.nextGaussian()));
    }
    adapters.apply();
  }

  private static void add(
      HeadedNetwork model, String name, double[] a, double[] b, double scale, boolean inputsFirst) {
    TensorLayout.Entry weight = model.layout().entry(name);
    int rank = SETTINGS.rank();
    int inputs = a.length / rank;
    int outputs = b.length / rank;
    for (int out = 0; out < outputs; out++) {
      for (int in = 0; in < inputs; in++) {
        double sum = 0;
        for (int k = 0; k < rank; k++) {
          sum += b[out * rank + k] * a[k * inputs + in];
        }
        long place =
            weight.offset() + (inputsFirst ? in * (long) outputs + out : out * (long) inputs + in);
        model.parameters().set(place, (float) (model.parameters().get(place) + scale * sum));
      }
    }
  }

  private static void set(HeadedNetwork model, String name, double[] values) {
    TensorLayout.Entry entry = model.layout().entry(name);
    for (int i = 0; i < values.length; i++) {
      model.parameters().set(entry.offset() + i, (float) values[i]);
    }
  }

  private Path file(String name) {
    return folder.resolve("adapter").resolve(name);
  }

  /** Of the bytes of adapter_model.safetensors. */
  private Map<String, double[]> tensors() throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(file("adapter_model.safetensors")))
            .order(ByteOrder.LITTLE_ENDIAN);
    byte[] json = new byte[(int) bytes.getLong()];
    bytes.get(json);
    Map<String, double[]> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : new ObjectMapper().readTree(json).properties()) {
      if (!field.getKey().equals("__metadata__")) {
        List<Double> values = new ArrayList<>();
        int begin = field.getValue().path("data_offsets").path(0).asInt();
        int end = field.getValue().path("data_offsets").path(1).asInt();
        for (int at = begin; at < end; at += 4) {
          values.add((double) bytes.getFloat(8 + json.length + at));
        }
        tensors.put(field.getKey(), values.stream().mapToDouble(Double::doubleValue).toArray());
      }
    }
    return tensors;
  }

  private static HeadedNetwork classifier(String name) {
    ModelFamily family =
        ModelFamily.ALL.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    String preset = family.presets().get(0);
    ObjectNode config = family.config(preset, 20);
    if (name.equals("gpt")) {
      config.put("n_layer", 2).put("n_head", 2).put("n_embd", 16).put("n_inner", 64);
    } else {
      config.put("num_hidden_layers", 2).put("num_attention_heads", 2).put("hidden_size", 16);
      config.put("intermediate_size", 24).put("hidden_dropout_prob", 0.0);
      config.put("attention_probs_dropout_prob", 0.0);
    }
    HeadedNetwork classifier =
        family.headed(config, new ClassificationHead(List.of("a", "b")), Execution.CPU);
    classifier.initialize(3);
    Random random = new Random(5);
    for (long i = 0; i < classifier.layout().elements(); i++) {
      float value = classifier.parameters().get(i);
      classifier.parameters().set(i, value + (float) (0.2 * random.nextGaussian()));
    }
    return classifier;
  }
}
