package io.headwater.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The head of a safetensors file: which tensors it holds and where.
 *
 * <pre>
 *   0      u64 n, little-endian: length of the JSON header
 *   8      n bytes of JSON, padded with spaces to a multiple of 8
 *   8 + n  the tensors' bytes, without gaps
 * </pre>
 *
 * @param tensors in the order of their bytes
 * @param metadata the strings under {@code __metadata__}
 */
record SafetensorsHeader(List<Tensor> tensors, Map<String, String> metadata) {
  /** What the format's own implementation allows. */
  private static final long MAX_BYTES = 100_000_000;

  /**
   * One tensor.
   *
   * @param begin first byte, counted from the end of the header
   * @param end byte after the last one
   */
  record Tensor(String name, String dtype, List<Long> shape, long begin, long end) {
    Tensor {
      shape = List.copyOf(shape);
    }

    long elements() {
      return shape.stream().reduce(1L, Math::multiplyExact);
    }
  }

  SafetensorsHeader {
    tensors = List.copyOf(tensors);
  }

  /** Header of a file whose data section is a flat float32 vector of this layout. */
  static SafetensorsHeader of(TensorLayout layout, Map<String, String> metadata) {
    List<Tensor> tensors = new ArrayList<>();
    for (TensorLayout.Entry entry : layout.entries()) {
      tensors.add(
          new Tensor(
              entry.name(),
              "F32",
              entry.shape(),
              entry.offset() * Float.BYTES,
              entry.end() * Float.BYTES));
    }
    return new SafetensorsHeader(tensors, metadata);
  }

  byte[] toBytes() {
    ObjectNode root = Json.MAPPER.createObjectNode();
    ObjectNode strings = root.putObject("__metadata__");
    metadata.forEach(strings::put);
    for (Tensor tensor : tensors) {
      ObjectNode node = root.putObject(tensor.name());
      node.put("dtype", tensor.dtype());
      var shape = node.putArray("shape");
      tensor.shape().forEach(size -> shape.add((long) size));
      node.putArray("data_offsets").add(tensor.begin()).add(tensor.end());
    }
    byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
    int length = (json.length + 7) / 8 * 8;
    ByteBuffer bytes = ByteBuffer.allocate(8 + length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(length).put(json);
    while (bytes.hasRemaining()) {
      bytes.put((byte) ' ');
    }
    return bytes.array();
  }

  /** Checks the first 8 bytes of a file and gives the length of the JSON that follows. */
  static int length(byte[] first8, long fileBytes) throws InvalidHeader {
    long length = ByteBuffer.wrap(first8).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 2 || length > MAX_BYTES || length > fileBytes - 8) {
      throw new InvalidHeader(
          "its header claims "
              + Long.toUnsignedString(length)
              + " bytes, the file has "
              + fileBytes
              + " (not a safetensors file, or cut short)");
    }
    return (int) length;
  }

  /**
   * Reads and checks the JSON: known types, sizes that fit the shapes, no gap, no overlap, no byte
   * left over.
   *
   * @param dataBytes length of what follows the header
   */
  static SafetensorsHeader parse(byte[] json, long dataBytes) throws InvalidHeader {
    JsonNode root;
    try {
      root = Json.MAPPER.readTree(json);
    } catch (IOException e) {
      throw new InvalidHeader("its header is not JSON: " + e.getMessage());
    }
    if (!root.isObject()) {
      throw new InvalidHeader("its header is not a JSON object");
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    List<Tensor> tensors = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (field.getKey().equals("__metadata__")) {
        field.getValue().properties().forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
      } else {
        tensors.add(tensor(field.getKey(), field.getValue()));
      }
    }
    tensors.sort(Comparator.comparingLong(Tensor::begin).thenComparingLong(Tensor::end));
    long next = 0;
    for (Tensor tensor : tensors) {
      if (tensor.begin() != next) {
        throw new InvalidHeader(
            "tensor " + tensor.name() + " begins at byte " + tensor.begin() + ", not at " + next);
      }
      next = tensor.end();
    }
    if (next != dataBytes) {
      throw new InvalidHeader(
          "its tensors take " + next + " bytes, the file has " + dataBytes + " for them");
    }
    return new SafetensorsHeader(tensors, metadata);
  }

  private static Tensor tensor(String name, JsonNode node) throws InvalidHeader {
    String dtype = node.path("dtype").asText();
    JsonNode offsets = node.path("data_offsets");
    List<Long> shape = new ArrayList<>();
    for (JsonNode size : node.path("shape")) {
      shape.add(size.asLong(-1));
    }
    long begin = offsets.path(0).asLong(-1);
    long end = offsets.path(1).asLong(-1);
    if (!node.path("shape").isArray()
        || offsets.size() != 2
        || begin < 0
        || end < begin
        || shape.stream().anyMatch(size -> size < 0)) {
      throw new InvalidHeader("tensor " + name + " has shape or data_offsets missing or negative");
    }
    Tensor tensor = new Tensor(name, dtype, shape, begin, end);
    try {
      if (Math.multiplyExact(tensor.elements(), bytesOf(dtype, name)) != end - begin) {
        throw new InvalidHeader(
            "tensor "
                + name
                + " of type "
                + dtype
                + " and shape "
                + shape
                + " has "
                + (end - begin)
                + " bytes");
      }
    } catch (ArithmeticException e) {
      throw new InvalidHeader("tensor " + name + " of shape " + shape + " is too large");
    }
    return tensor;
  }

  private static long bytesOf(String dtype, String name) throws InvalidHeader {
    return switch (dtype) {
      case "BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2" -> 1;
      case "U16", "I16", "F16", "BF16" -> 2;
      case "U32", "I32", "F32" -> 4;
      case "U64", "I64", "F64" -> 8;
      default -> throw new InvalidHeader("tensor " + name + " has unknown type '" + dtype + "'");
    };
  }

  /** Why a file is not a safetensors file. */
  static final class InvalidHeader extends Exception {
    InvalidHeader(String reason) {
      super(reason);
    }
  }
}
