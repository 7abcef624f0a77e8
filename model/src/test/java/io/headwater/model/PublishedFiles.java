package io.headwater.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.PublishedFolder;
import io.headwater.checkpoint.TensorLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.StreamSupport;

/** Folders as {@code transformers} writes them, written here byte by byte. */
public final class PublishedFiles {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private PublishedFiles() {}

  /** A tensor to be stored. */
  public record Stored(String name, List<Long> shape, String type, double[] values) {
    public Stored as(String otherName) {
      return new Stored(otherName, shape, type, values);
    }

    public Stored shaped(long... other) {
      return new Stored(name, Arrays.stream(other).boxed().toList(), type, values);
    }

    private ByteBuffer bytes() {
      int size = type.equals("F32") ? 4 : 2;
      ByteBuffer bytes = ByteBuffer.allocate(values.length * size).order(ByteOrder.LITTLE_ENDIAN);
      for (double value : values) {
        int bits = Float.floatToRawIntBits((float) value);
        switch (type) {
          case "F32" -> bytes.putInt(bits);
          case "BF16" -> bytes.putShort((short) (bits >>> 16));
          default -> bytes.putShort(half(bits));
        }
      }
      return bytes.flip();
    }

    /** Of a float that is zero or normal, and exact, in 16 bits. */
    private static short half(int bits) {
      int exponent = (bits >>> 23 & 0xFF) - 127 + 15;
      int rest = bits == 0 ? 0 : exponent << 10 | bits >>> 13 & 0x3FF;
      return (short) (bits >>> 16 & 0x8000 | rest);
    }
  }

  /** Values for a layout's flat vector, of 8 significant bits: exact in every type. */
  public static double[] values(TensorLayout layout, long seed) {
    Random random = new Random(seed);
    return DoubleStream.generate(() -> (random.nextInt(255) - 127) / 256.0)
        .limit(layout.elements())
        .toArray();
  }

  /** What a folder holds, taken from the bytes of its {@code model.safetensors}. */
  public record Read(TensorLayout layout, double[] values, String format) {
    /** Shapes by name. */
    public Map<String, List<Long>> shapes() {
      return PublishedFiles.shapes(layout);
    }
  }

  /** Shapes by name. */
  public static Map<String, List<Long>> shapes(TensorLayout layout) {
    return layout.entries().stream()
        .collect(Collectors.toMap(TensorLayout.Entry::name, TensorLayout.Entry::shape));
  }

  /** Reads a file of float32 tensors that lie in the header's order. */
  public static Read read(Path folder) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve("model.safetensors")))
            .order(ByteOrder.LITTLE_ENDIAN);
    byte[] json = new byte[(int) bytes.getLong()];
    bytes.get(json);
    TensorLayout.Builder layout = TensorLayout.builder();
    String format = "";
    int next = 0;
    for (Map.Entry<String, JsonNode> field : MAPPER.readTree(json).properties()) {
      JsonNode node = field.getValue();
      if (field.getKey().equals("__metadata__")) {
        format = node.path("format").asText();
        continue;
      }
      if (!node.path("dtype").asText().equals("F32")
          || node.path("data_offsets").path(0).asInt() != next) {
        throw new AssertionError(field.toString());
      }
      next = node.path("data_offsets").path(1).asInt();
      layout.add(
          field.getKey(),
          StreamSupport.stream(node.path("shape").spliterator(), false)
              .mapToLong(JsonNode::asLong)
              .toArray());
    }
    double[] values = new double[bytes.remaining() / 4];
    Arrays.setAll(values, i -> bytes.getFloat());
    return new Read(layout.build(), values, format);
  }

  /** Writes a model as {@code headwater export} does. */
  public static Path export(Path folder, Model model) {
    Path target = folder.resolve("exported");
    PublishedFolder.write(
        target.toString(),
        model.layout(),
        model.parameters()::read,
        Map.of("config.json", model.config().toString().getBytes(StandardCharsets.UTF_8)));
    return target;
  }

  /** Weights that matter, every one. */
  public static void fill(Model model, long seed) {
    double[] values = values(model.layout(), seed);
    for (int i = 0; i < values.length; i++) {
      model.parameters().set(i, (float) values[i]);
    }
  }

  /** The tensors of a layout, under other names. */
  public static List<Stored> stored(
      TensorLayout layout, double[] values, String type, UnaryOperator<String> names) {
    List<Stored> stored = new ArrayList<>();
    for (TensorLayout.Entry entry : layout.entries()) {
      stored.add(
          new Stored(
              names.apply(entry.name()),
              entry.shape(),
              type,
              Arrays.copyOfRange(values, (int) entry.offset(), (int) entry.end())));
    }
    return stored;
  }

  public static Stored find(List<Stored> stored, String name) {
    return stored.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  /** {@code config.json} and {@code model.safetensors}, the tensors by the alphabet. */
  public static Path write(Path folder, ObjectNode config, List<Stored> stored) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("config.json"), MAPPER.writeValueAsBytes(config));
    safetensors(folder.resolve("model.safetensors"), stored);
    return folder;
  }

  /** The same in two files and an index. */
  public static Path writeSharded(Path folder, ObjectNode config, List<Stored> stored)
      throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("config.json"), MAPPER.writeValueAsBytes(config));
    ObjectNode index = MAPPER.createObjectNode();
    index.putObject("metadata").put("total_size", 0);
    ObjectNode map = index.putObject("weight_map");
    for (int part = 0; part < 2; part++) {
      String file = "model-0000%d-of-00002.safetensors".formatted(part + 1);
      List<Stored> here = stored.subList(part * stored.size() / 2, (part + 1) * stored.size() / 2);
      here.forEach(each -> map.put(each.name(), file));
      safetensors(folder.resolve(file), here);
    }
    Files.write(folder.resolve("model.safetensors.index.json"), MAPPER.writeValueAsBytes(index));
    return folder;
  }

  private static void safetensors(Path file, List<Stored> stored) throws IOException {
    List<Stored> sorted = new ArrayList<>(stored);
    sorted.sort(Comparator.comparing(Stored::name));
    ObjectNode header = MAPPER.createObjectNode();
    header.putObject("__metadata__").put("format", "pt");
    int offset = 0;
    List<ByteBuffer> data = new ArrayList<>();
    for (Stored each : sorted) {
      ByteBuffer bytes = each.bytes();
      ObjectNode node = header.putObject(each.name());
      node.put("dtype", each.type());
      each.shape().forEach(node.withArray("shape")::add);
      node.putArray("data_offsets").add(offset).add(offset + bytes.remaining());
      offset += bytes.remaining();
      data.add(bytes);
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer whole = ByteBuffer.allocate(8 + json.length + offset).order(ByteOrder.LITTLE_ENDIAN);
    whole.putLong(json.length).put(json);
    data.forEach(whole::put);
    Files.write(file, whole.array());
  }
}
