package io.headwater.driver.interchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.PublishedFolder;
import io.headwater.corpus.tokenize.PublishedVocabulary;
import io.headwater.model.PublishedWeights;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A checkpoint made of a published folder.
 *
 * @param architecture the class that opens it in {@code transformers}
 * @param tokenizer the files that the tokenizer was read from
 * @param types in which the weights were stored
 * @param ignored tensors that are no parameters
 * @param drawn parameters of heads that were not there and are random
 * @param output the checkpoint's folder
 */
public record HuggingFaceImport(
    String architecture,
    long parameters,
    int tensors,
    String tokenizer,
    List<String> types,
    List<String> ignored,
    List<String> drawn,
    String output) {
  public HuggingFaceImport {
    types = List.copyOf(types);
    ignored = List.copyOf(ignored);
    drawn = List.copyOf(drawn);
  }

  /**
   * Reads the folder and writes the checkpoint, of step 0.
   *
   * @param from a folder that {@code transformers} wrote
   * @param seed of heads that the folder lacks
   * @throws io.headwater.checkpoint.UserException if the folder is not one of a model that we have;
   *     nothing is written then
   */
  public static HuggingFaceImport run(String from, String output, long seed) {
    Checkpoint.requireWritable(output);
    try (PublishedFolder folder = PublishedFolder.open(from)) {
      PublishedTokenizer tokenizer = PublishedTokenizer.of(folder);
      try (PublishedWeights weights =
          PublishedWeights.read(
              folder, PublishedVocabulary.specialTokens(tokenizer.json()), seed)) {
        JsonNode maxLength = folder.config().path(HuggingFaceExport.MAX_LENGTH);
        if (maxLength.isInt()) {
          weights.config().set(HuggingFaceExport.MAX_LENGTH, maxLength);
        }
        Checkpoint.write(
            output,
            0,
            weights.layout(),
            weights.parameters(),
            new CheckpointDescription(
                weights.config(), Optional.of(tokenizer.json()), Optional.empty()));
        return new HuggingFaceImport(
            weights.config().path("architectures").path(0).asText(),
            weights.layout().elements(),
            weights.layout().entries().size(),
            tokenizer.source(),
            weights.types().stream().sorted().toList(),
            weights.ignored(),
            weights.drawn(),
            output);
      }
    }
  }

  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("status", "succeeded");
    json.put("architecture", architecture);
    json.put("parameters", parameters);
    json.put("tensors", tensors);
    json.put("tokenizer", tokenizer);
    types.forEach(json.putArray("types")::add);
    ignored.forEach(json.putArray("ignored")::add);
    drawn.forEach(json.putArray("drawn")::add);
    json.put("output", output);
    return json;
  }

  /** The same for people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%s of %,d parameters (%s), tokenizer of %s, in %s",
            architecture,
            parameters,
            String.join(", ", types),
            tokenizer,
            output));
    if (!ignored.isEmpty()) {
      lines.add("Not parameters, left out: " + String.join(", ", ignored));
    }
    if (!drawn.isEmpty()) {
      lines.add("Not in the folder, drawn at random: " + String.join(", ", drawn));
    }
    return lines;
  }
}
