package io.headwater.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.PublishedFolder;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.checkpoint.UserException;
import io.headwater.model.PublishedTensor.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The weights of a published folder, as one of our models has them.
 *
 * @param config {@code config.json} of the model
 * @param parameters the layout's flat vector
 * @param types in which the folder stores its parameters
 * @param ignored tensors of the folder that are no parameters
 * @param drawn parameters of heads that the folder lacks, drawn afresh
 */
public record PublishedWeights(
    ObjectNode config,
    TensorLayout layout,
    FlatVector parameters,
    Set<String> types,
    List<String> ignored,
    List<String> drawn)
    implements AutoCloseable {
  private static final int BLOCK = 1 << 16; // elements

  public PublishedWeights {
    types = Set.copyOf(types);
    ignored = List.copyOf(ignored);
    drawn = List.copyOf(drawn);
  }

  /**
   * Reads all weights, widened to float32.
   *
   * @param specialTokens ids of the folder's special tokens, by content
   * @param seed of the heads that the folder lacks
   * @throws UserException naming the tensor that is unknown, missing or of another shape than
   *     {@code config.json} says
   */
  public static PublishedWeights read(
      PublishedFolder folder, Map<String, Integer> specialTokens, long seed) {
    Map<String, List<Long>> shapes =
        folder.tensors().stream()
            .collect(Collectors.toMap(PublishedFolder.Tensor::name, PublishedFolder.Tensor::shape));
    PublishedModel model =
        ModelFamily.of(folder.config())
            .published(new PublishedSource(folder.config(), shapes, specialTokens));
    return new Reading(folder, model).read(seed);
  }

  @Override
  public void close() {
    parameters.close();
  }

  /** One folder on its way into one model. */
  private static final class Reading {
    private final PublishedFolder folder;
    private final PublishedModel model;
    private final Map<String, PublishedFolder.Tensor> sources = new LinkedHashMap<>(); // by ours
    private final Map<PublishedFolder.Tensor, String> copies = new LinkedHashMap<>(); // to ours
    private final List<String> ignored = new ArrayList<>();
    private final Set<String> types = new TreeSet<>();

    Reading(PublishedFolder folder, PublishedModel model) {
      this.folder = folder;
      this.model = model;
    }

    PublishedWeights read(long seed) {
      folder.tensors().forEach(this::sort);
      takeCopiesForOriginals();
      List<String> missing = missing();
      FlatVector parameters = FlatVector.allocate(model.layout().elements());
      boolean done = false;
      try {
        if (!missing.isEmpty()) {
          model.draw(parameters, seed);
        }
        sources.forEach((name, tensor) -> copy(tensor, model.layout().entry(name), parameters));
        copies.forEach((tensor, name) -> requireEqual(tensor, name, parameters));
        done = true;
        return new PublishedWeights(
            model.config(), model.layout(), parameters, types, ignored, missing);
      } finally {
        if (!done) {
          parameters.close();
        }
      }
    }

    private void sort(PublishedFolder.Tensor tensor) {
      PublishedTensor published = model.tensor(tensor.name());
      if (published.role() == Role.CONSTANT) {
        ignored.add(tensor.name());
        return;
      }
      if (!model.layout().contains(published.name())) {
        throw new UserException(
            wrong(tensor.name())
                + " of shape "
                + tensor.shape()
                + " is none of the "
                + model.layout().entries().size()
                + " that a "
                + model.config().path("architectures").path(0).asText()
                + " of this config.json has");
      }
      List<Long> expected = model.layout().entry(published.name()).shape();
      if (!tensor.shape().equals(expected)) {
        throw new UserException(
            wrong(tensor.name())
                + " has shape "
                + tensor.shape()
                + ", config.json says "
                + expected);
      }
      if (published.role() == Role.COPY) {
        copies.put(tensor, published.name());
        return;
      }
      PublishedFolder.Tensor before = sources.put(published.name(), tensor);
      types.add(tensor.dtype());
      if (before != null) {
        throw new UserException(
            wrong(tensor.name()) + " is there a second time, as " + before.name());
      }
    }

    /** Of tied tensors one is stored, and which one is up to the writer. */
    private void takeCopiesForOriginals() {
      Set<PublishedFolder.Tensor> taken = new HashSet<>();
      copies.forEach(
          (tensor, name) -> {
            if (sources.putIfAbsent(name, tensor) == null) {
              taken.add(tensor);
            }
          });
      copies.keySet().removeAll(taken);
    }

    private List<String> missing() {
      List<String> missing =
          model.layout().entries().stream()
              .map(TensorLayout.Entry::name)
              .filter(name -> !sources.containsKey(name))
              .toList();
      missing.stream()
          .filter(name -> !model.isOfHead(name))
          .findFirst()
          .ifPresent(
              name -> {
                throw new UserException(
                    wrong(name)
                        + " of shape "
                        + model.layout().entry(name).shape()
                        + " is missing");
              });
      return missing;
    }

    private void copy(PublishedFolder.Tensor from, TensorLayout.Entry to, FlatVector parameters) {
      float[] block = new float[(int) Math.min(BLOCK, to.elements())];
      for (long done = 0; done < to.elements(); done += block.length) {
        int count = (int) Math.min(block.length, to.elements() - done);
        folder.read(from.name(), done, block, 0, count);
        parameters.write(to.offset() + done, block, 0, count);
      }
    }

    private void requireEqual(PublishedFolder.Tensor copy, String name, FlatVector parameters) {
      TensorLayout.Entry original = model.layout().entry(name);
      float[] one = new float[(int) Math.min(BLOCK, original.elements())];
      float[] other = new float[one.length];
      for (long done = 0; done < original.elements(); done += one.length) {
        int count = (int) Math.min(one.length, original.elements() - done);
        folder.read(copy.name(), done, one, 0, count);
        parameters.read(original.offset() + done, other, 0, count);
        int differs = Arrays.mismatch(one, 0, count, other, 0, count);
        if (differs >= 0) {
          throw new UserException(
              wrong(copy.name())
                  + " is not that of "
                  + name
                  + ", to which it must be tied: element "
                  + (done + differs)
                  + " is "
                  + one[differs]
                  + ", not "
                  + other[differs]);
        }
      }
    }

    private String wrong(String tensor) {
      return "Cannot import " + folder.directory() + ": tensor " + tensor;
    }
  }
}
