package io.headwater.benchmarks.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.headwater.benchmarks.model.Training.Steps;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.Batch;
import io.headwater.model.Execution;
import io.headwater.model.ModelFamily;
import io.headwater.model.Pretrainable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The same network, weights, batches and optimizer in a process of Debian's PyTorch. */
final class Twin implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final PrintWriter commands;
  private final BufferedReader answers;
  private final String version;

  /**
   * @param script pytorch_twins.py
   * @param folder where it finds what it needs, empty before
   */
  Twin(Subject subject, Path script, Path folder, int threads) {
    try {
      write(subject, folder);
      ProcessBuilder builder =
          new ProcessBuilder(
              "/usr/bin/python3", script.toString(), folder.toString(), Integer.toString(threads));
      // As PyTorch comes, but for what would only slow it down: BLAS threads beyond those asked
      // for, and threads that spin.
      builder.environment().keySet().removeIf(name -> name.startsWith("MALLOC_"));
      builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
      builder.environment().put("OPENBLAS_NUM_THREADS", Integer.toString(threads));
      builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
      process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    commands = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    version = answer().get("torch").asText();
  }

  String version() {
    return version;
  }

  /**
   * @param precision {@code fp32}, or {@code bf16} for autocast
   */
  Steps run(String precision, int first, int count) {
    commands.println(precision + " " + first + " " + count);
    JsonNode answer = answer();
    return new Steps(numbers(answer.get("milliseconds")), numbers(answer.get("losses")));
  }

  private JsonNode answer() {
    try {
      String line = answers.readLine();
      if (line == null) {
        throw new IllegalStateException("Cannot go on: PyTorch's process has ended, see above");
      }
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double[] numbers(JsonNode array) {
    double[] numbers = new double[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = array.get(i).asDouble();
    }
    return numbers;
  }

  private static void write(Subject subject, Path folder) throws IOException {
    JSON.writeValue(folder.resolve("config.json").toFile(), subject.config());
    List<String> lines = new ArrayList<>();
    for (Batch batch : subject.batches()) {
      lines.add(JSON.writeValueAsString(batch));
    }
    Files.write(folder.resolve("batches.jsonl"), lines);
    ModelFamily family = ModelFamily.of(subject.config());
    try (Pretrainable model = family.pretrainable(subject.config(), Execution.CPU)) {
      model.initialize(1);
      JSON.writeValue(folder.resolve("layout.json").toFile(), json(model.layout()));
      Files.write(folder.resolve("weights.bin"), bytes(model.parameters()));
    }
  }

  private static ArrayNode json(TensorLayout layout) {
    ArrayNode entries = JSON.createArrayNode();
    for (TensorLayout.Entry entry : layout.entries()) {
      ArrayNode shape = JSON.createArrayNode();
      entry.shape().forEach(shape::add);
      entries
          .addObject()
          .put("name", entry.name())
          .put("offset", entry.offset())
          .put("decays", entry.decays())
          .set("shape", shape);
    }
    return entries;
  }

  private static byte[] bytes(FlatVector vector) {
    float[] values = new float[Math.toIntExact(vector.elements())];
    vector.read(0, values, 0, values.length);
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  @Override
  public void close() {
    commands.close();
    process.destroy();
  }
}
