package io.headwater.finetune;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.PublishedFolder;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.Batch;
import io.headwater.model.LinearLayers;
import io.headwater.model.TaskNetwork;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A frozen network with low-rank adapters on some of its linear layers; the adapters and the head
 * are trained.
 *
 * <p>The network computes with merged weights, W + scale B A, so that its gradient of W gives those
 * of the factors: dB = scale dW A^T and dA = scale B^T dW. That is the gradient of the unmerged
 * network without dropout between.
 */
final class LoraAdapters implements TrainedWeights {
  /** Of PEFT: the wrapped model, and its own name for the network in it. */
  private static final String PREFIX = "base_model.model.";

  private static final String WEIGHT = ".weight";

  private final TaskNetwork network;
  private final LoraSettings settings;
  private final List<String> layers;
  private final List<TensorLayout.Entry> whole; // of the network, trained as they are
  private final TensorLayout layout;
  private final FlatVector parameters;
  private final FlatVector gradients;
  private final List<LoraTarget> targets = new ArrayList<>();

  /**
   * @param network with the weights to freeze
   * @param seed of the factors A; the factors B are 0
   * @throws UserException if a target is no linear layer of the body
   */
  LoraAdapters(TaskNetwork network, LoraSettings settings, long seed) {
    this.network = network;
    this.settings = settings;
    this.layers = layers(network, settings);
    this.whole = whole(network, settings, layers);
    this.layout = layout(network, layers, whole, settings.rank());
    this.parameters = FlatVector.allocate(layout.elements());
    this.gradients = FlatVector.allocate(layout.elements());
    for (String layer : layers) {
      targets.add(
          new LoraTarget(
              network.layout().entry(layer + WEIGHT),
              layout.entry(factor(network, layer, "A")),
              layout.entry(factor(network, layer, "B")),
              network.linearLayers().inputsFirst(),
              settings,
              network.parameters()));
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
  public double gradient(Batch batch) {
    double loss = network.gradient(batch);
    targets.forEach(target -> target.backward(network.gradients(), parameters, gradients));
    for (TensorLayout.Entry tensor : whole) {
      copy(network.gradients(), tensor, gradients, layout.entry(name(network, tensor.name())));
    }
    return loss;
  }

  @Override
  public void apply() {
    targets.forEach(target -> target.merge(parameters, network.parameters()));
    for (TensorLayout.Entry tensor : whole) {
      copy(parameters, layout.entry(name(network, tensor.name())), network.parameters(), tensor);
    }
  }

  /**
   * Writes adapters and head as PEFT does: adapter_config.json, adapter_model.safetensors.
   *
   * @param taskType PEFT's name of the kind of task
   */
  void write(String directory, String taskType, String checkpoint) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("peft_type", "LORA").put("task_type", taskType);
    config.put("base_model_name_or_path", checkpoint);
    config.put("r", settings.rank()).put("lora_alpha", settings.alpha()).put("lora_dropout", 0.0);
    config.put("bias", "none").put("fan_in_fan_out", network.linearLayers().inputsFirst());
    layers.stream().map(network::publishedName).forEach(config.putArray("target_modules")::add);
    whole.stream()
        .map(tensor -> module(network.publishedName(tensor.name())))
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

  private static List<String> layers(TaskNetwork network, LoraSettings settings) {
    LinearLayers linear = network.linearLayers();
    List<String> all = linear.names();
    List<String> wanted = settings.targets().isEmpty() ? linear.usualTargets() : settings.targets();
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

  /** The head, and what the settings name besides. */
  private static List<TensorLayout.Entry> whole(
      TaskNetwork network, LoraSettings settings, List<String> adapted) {
    List<TensorLayout.Entry> entries = network.layout().entries();
    for (String wanted : settings.whole()) {
      if (entries.stream().noneMatch(entry -> matches(module(entry.name()), wanted))) {
        throw new UserException(
            "Cannot train layers named "
                + wanted
                + " whole: the last parts of the layers' names are "
                + entries.stream()
                    .map(entry -> module(entry.name()).replaceFirst(".*\\.", ""))
                    .distinct()
                    .toList());
      }
    }
    return entries.stream()
        .filter(entry -> !adapted.contains(module(entry.name())))
        .filter(
            entry ->
                network.isNew(entry.name())
                    || settings.whole().stream()
                        .anyMatch(wanted -> matches(module(entry.name()), wanted)))
        .toList();
  }

  /** The layer that a tensor is of. */
  private static String module(String tensor) {
    return tensor.replaceFirst("\\.(weight|bias)$", "");
  }

  private static boolean matches(String layer, String target) {
    return layer.equals(target) || layer.endsWith("." + target);
  }

  private static TensorLayout layout(
      TaskNetwork network, List<String> layers, List<TensorLayout.Entry> whole, int rank) {
    TensorLayout.Builder layout = TensorLayout.builder();
    for (String layer : layers) {
      List<Long> shape = network.layout().entry(layer + WEIGHT).shape();
      boolean inputsFirst = network.linearLayers().inputsFirst();
      layout.add(factor(network, layer, "A"), rank, shape.get(inputsFirst ? 0 : 1));
      layout.add(factor(network, layer, "B"), shape.get(inputsFirst ? 1 : 0), rank);
    }
    for (TensorLayout.Entry tensor : whole) {
      layout.add(
          name(network, tensor.name()),
          tensor.shape().stream().mapToLong(Long::longValue).toArray());
    }
    return layout.build();
  }

  private static String factor(TaskNetwork network, String layer, String name) {
    return name(network, layer) + ".lora_" + name + WEIGHT;
  }

  private static String name(TaskNetwork network, String tensor) {
    return PREFIX + network.publishedName(tensor);
  }

  /** A uniform in +-1 / sqrt(in), as PEFT has it; B zero: the first network is the frozen one. */
  private void draw(SplittableRandom random) {
    parameters.fill(0);
    for (String layer : layers) {
      TensorLayout.Entry a = layout.entry(factor(network, layer, "A"));
      double bound = 1 / Math.sqrt(a.shape().get(1));
      for (long i = a.offset(); i < a.end(); i++) {
        parameters.set(i, (float) (bound * (2 * random.nextDouble() - 1)));
      }
    }
    for (TensorLayout.Entry tensor : whole) {
      copy(network.parameters(), tensor, parameters, layout.entry(name(network, tensor.name())));
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
