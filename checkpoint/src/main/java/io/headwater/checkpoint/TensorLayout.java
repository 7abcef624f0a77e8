package io.headwater.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each named tensor of a model lies in its flat float32 vector.
 *
 * <p>Tensors follow one another without gaps, row-major, in declaration order; the data section of
 * the safetensors file is the flat vector itself, so a key range of the vector is a byte range of
 * the file.
 */
public final class TensorLayout {
  /**
   * One named tensor.
   *
   * @param name the name in the Hugging Face checkpoint
   * @param shape sizes of its dimensions; empty for a scalar
   * @param offset first element in the flat vector
   */
  public record Entry(String name, List<Long> shape, long offset) {
    public Entry {
      shape = List.copyOf(shape);
    }

    public long elements() {
      return shape.stream().reduce(1L, Math::multiplyExact);
    }

    public long end() {
      return offset + elements();
    }

    /** Matrices and embeddings decay; biases and norms do not. */
    public boolean decays() {
      return shape.size() >= 2;
    }
  }

  private final Map<String, Entry> byName = new LinkedHashMap<>();
  private final long elements;

  private TensorLayout(List<Entry> entries) {
    long next = 0;
    for (Entry entry : entries) {
      if (entry.offset() != next) {
        throw new IllegalArgumentException(
            "Cannot lay out tensor "
                + entry.name()
                + ": offset "
                + entry.offset()
                + " leaves a gap, expected "
                + next);
      }
      if (byName.put(entry.name(), entry) != null) {
        throw new IllegalArgumentException(
            "Cannot lay out tensor " + entry.name() + ": the name occurs twice");
      }
      next = entry.end();
    }
    elements = next;
  }

  public static Builder builder() {
    return new Builder();
  }

  public List<Entry> entries() {
    return List.copyOf(byName.values());
  }

  public boolean contains(String name) {
    return byName.containsKey(name);
  }

  public Entry entry(String name) {
    Entry entry = byName.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(
          "Cannot find tensor " + name + ": the layout has " + byName.keySet());
    }
    return entry;
  }

  /** Length of the flat vector. */
  public long elements() {
    return elements;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorLayout that && entries().equals(that.entries());
  }

  @Override
  public int hashCode() {
    return byName.hashCode();
  }

  @Override
  public String toString() {
    return "TensorLayout" + byName.values();
  }

  /** Appends tensors one after the other. */
  public static final class Builder {
    private final List<Entry> entries = new ArrayList<>();
    private long next;

    private Builder() {}

    public Builder add(String name, long... shape) {
      Entry entry = new Entry(name, Arrays.stream(shape).boxed().toList(), next);
      entries.add(entry);
      next = entry.end();
      return this;
    }

    public TensorLayout build() {
      return new TensorLayout(entries);
    }
  }
}
