package io.headwater.finetune;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.PublishedFolder;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.LabelledBatch;
import io.headwater.model.SequenceClassifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A frozen classifier with low-rank adapters on some of its linear layers; the adapters and the
 * head are trained.
 *
 * <p>The classifier computes with merged weights, W + scale B A, so that its gradient of W gives
 * those of the factors: dB = scale dW A^T and dA = scale B^T dW. That is the gradient of the
 * unmerged network without dropout between.
 */
final class LoraAdapters implements TrainedWeights {
  /** Of PEFT: the wrapped model, and its own name for the network in it. */
  private static final String PREFIX = "base_model.model.";

  private static final String WEIGHT = ".weight";

  private final SequenceClassifier classifier;
  private final LoraSettings settings;
  private final List<String> layers;
  private final List<TensorLayout.Entry> heads; // of the classifier, trained whole
  private final TensorLayout layout;
  private final FlatVector parameters;
  private final FlatVector gradients;
  private final List<LoraTarget> targets = new ArrayList<>();

  /**
   * @param classifier with the weights to freeze
   * @param seed of the factors A; the factors B are 0
   * @throws UserException if a target is no linear layer of the body
   */
  LoraAdapters(SequenceClassifier classifier, LoraSettings settings, long seed) {
    this.classifier = classifier;
    this.settings = settings;
    this.layers = layers(classifier, settings);
    this.heads =
        classifier.layout().entries().stream()
            .filter(entry -> classifier.isNew(entry.name()))
            .toList();
    this.layout = layout(classifier, layers, heads, settings.rank());
    this.parameters = FlatVector.allocate(layout.elements());
    this.gradients = FlatVector.allocate(layout.elements());
    for (String layer : layers) {
      targets.add(
          new LoraTarget(
              classifier.layout().entry(layer + WEIGHT),
              layout.entry(factor(layer, "A")),
              layout.entry(factor(layer, "B")),
              classifier.storesInputsFirst(),
              settings,
              classifier.parameters()));
    }
    draw(new SplittableRandom(seed));
  }

  @Override
  public TensorLayout layout() {
    return layout;
  }

  @Override
  public FlatVector parameters() {
    return parameters;
  }

  @Override
  public FlatVector gradients() {
    return gradients;
  }

  @Override
  public double gradient(LabelledBatch batch) {
    double loss = classifier.gradient(batch);
    targets.forEach(target -> target.backward(classifier.gradients(), parameters, gradients));
    for (TensorLayout.Entry head : heads) {
      copy(classifier.gradients(), head, gradients, layout.entry(PREFIX + head.name()));
    }
    return loss;
  }

  @Override
  public void apply() {
    targets.forEach(target -> target.merge(parameters, classifier.parameters()));
    for (TensorLayout.Entry head : heads) {
      copy(parameters, layout.entry(PREFIX + head.name()), classifier.parameters(), head);
    }
  }

  /** Writes adapters and head as PEFT does: adapter_config.json, adapter_model.safetensors. */
  void write(String directory, String checkpoint) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("peft_type", "LORA").put("task_type", "SEQ_CLS");
    config.put("base_model_name_or_path", checkpoint);
    config.put("r", settings.rank()).put("lora_alpha", settings.alpha()).put("lora_dropout", 0.0);
    config.put("bias", "none").put("fan_in_fan_out", classifier.storesInputsFirst());
    layers.forEach(config.putArray("target_modules")::add);
    heads.stream()
        .map(head -> head.name().replaceFirst("\\.(weight|bias)$", ""))
        .distinct()
        .forEach(config.putArray("modules_to_save")::add);
    config.put("inference_mode", true).put("init_lora_weights", true).put("use_rslora", false);
    PublishedFolder.write(
        directory,
        "adapter_model.safetensors",
        layout,
        parameters::read,
        Map.of("adapter_config.json", pretty(config)));
  }

  @Override
  public void close() {
    parameters.close();
    gradients.close();
  }

  private static List<String> layers(SequenceClassifier classifier, LoraSettings settings) {
    List<String> all = classifier.linearLayers();
    List<String> wanted =
        settings.targets().isEmpty() ? classifier.usualAdapterTargets() : settings.targets();
    for (String target : wanted) {
      if (all.stream().noneMatch(layer -> matches(layer, target))) {
        throw new UserException(
            "Cannot adapt layers named "
                + target
                + ": the linear layers of the first block are "
                + all.stream().filter(layer -> layer.contains(".0.")).toList());
      }
    }
    return all.stream()
        .filter(layer -> wanted.stream().anyMatch(target -> matches(layer, target)))
        .toList();
  }

  private static boolean matches(String layer, String target) {
    return layer.equals(target) || layer.endsWith("." + target);
  }

  private static TensorLayout layout(
      SequenceClassifier classifier,
      List<String> layers,
      List<TensorLayout.Entry> heads,
      int rank) {
    TensorLayout.Builder layout = TensorLayout.builder();
    for (String layer : layers) {
      List<Long> shape = classifier.layout().entry(layer + WEIGHT).shape();
      boolean inputsFirst = classifier.storesInputsFirst();
      layout.add(factor(layer, "A"), rank, shape.get(inputsFirst ? 0 : 1));
      layout.add(factor(layer, "B"), shape.get(inputsFirst ? 1 : 0), rank);
    }
    for (TensorLayout.Entry head : heads) {
      layout.add(PREFIX + head.name(), head.shape().stream().mapToLong(Long::longValue).toArray());
    }
    return layout.build();
  }

  private static String factor(String layer, String name) {
    return PREFIX + layer + ".lora_" + name + WEIGHT;
  }

  /** A uniform in +-1 / sqrt(in), as PEFT has it; B zero: the first network is the frozen one. */
  private void draw(SplittableRandom random) {
    parameters.fill(0);
    for (String layer : layers) {
      TensorLayout.Entry a = layout.entry(factor(layer, "A"));
      double bound = 1 / Math.sqrt(a.shape().get(1));
      for (long i = a.offset(); i < a.end(); i++) {
        parameters.set(i, (float) (bound * (2 * random.nextDouble() - 1)));
      }
    }
    for (TensorLayout.Entry head : heads) {
      copy(classifier.parameters(), head, parameters, layout.entry(PREFIX + head.name()));
    }
  }

  private static void copy(
      FlatVector from, TensorLayout.Entry source, FlatVector to, TensorLayout.Entry target) {
    float[] values = new float[Math.toIntExact(source.elements())];
    from.read(source.offset(), values, 0, values.length);
    to.write(target.offset(), values, 0, values.length);
  }

  private static byte[] pretty(ObjectNode config) {
    return config.toPrettyString().getBytes(StandardCharsets.UTF_8);
  }
}
