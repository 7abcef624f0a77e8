package io.headwater.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.checkpoint.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * What a published folder says of itself.
 *
 * @param config its {@code config.json}
 * @param shapes of its tensors, by name
 * @param specialTokens ids of its tokenizer's special tokens, by content
 */
public record PublishedSource(
    JsonNode config, Map<String, List<Long>> shapes, Map<String, Integer> specialTokens) {
  /** {@code problem_type} of a classifier into one of some classes. */
  public static final String SINGLE_LABEL = "single_label_classification";

  /**
   * The class that wrote the folder.
   *
   * @param known those that can be read; the first is meant where the folder names none
   * @throws UserException if it is another
   */
  public String architecture(List<String> known) {
    String architecture = config.path("architectures").path(0).asText(known.get(0));
    if (!known.contains(architecture)) {
      throw new UserException(
          "Cannot import a " + architecture + ": it must be one of " + String.join(", ", known));
    }
    return architecture;
  }

  /**
   * The labels of a classifier: those of {@code id2label}, else as many as its head has rows, named
   * as Hugging Face names them.
   *
   * @param head the name of the head's weight, (labels, D)
   */
  public List<String> labels(String head) {
    String problem = config.path("problem_type").asText(SINGLE_LABEL);
    if (!problem.equals("null") && !problem.equals(SINGLE_LABEL)) {
      throw new UserException(
          "Cannot import a classifier with problem_type " + problem + ": must be " + SINGLE_LABEL);
    }
    JsonNode id2label = config.path("id2label");
    if (id2label.isEmpty()) {
      long rows = shapes.getOrDefault(head, List.of(2L)).stream().findFirst().orElse(2L);
      return LongStream.range(0, rows).mapToObj(id -> "LABEL_" + id).toList();
    }
    List<String> labels = new ArrayList<>();
    for (int id = 0; id < id2label.size(); id++) {
      JsonNode label = id2label.path(Integer.toString(id));
      if (!label.isTextual()) {
        throw new UserException(
            "Cannot import a classifier: its id2label has "
                + id2label.size()
                + " labels but none for id "
                + id);
      }
      labels.add(label.asText());
    }
    return labels;
  }
}
