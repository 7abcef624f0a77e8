package io.headwater.model.embedding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleBiFunction;

/**
 * What one {@linkplain WordAssociation association test} is about: two sets of target words and two
 * of attribute words.
 */
public record WordSets(
    Category firstTarget,
    Category secondTarget,
    Category firstAttribute,
    Category secondAttribute) {
  private static final int LEAST = 2;

  /** Words for one thing. */
  public record Category(String name, List<String> words) {
    public Category {
      Objects.requireNonNull(name, "name");
      words = List.copyOf(words);
    }

    private Category only(Predicate<String> known) {
      return new Category(name, words.stream().filter(known).toList());
    }
  }

  /**
   * Reads a JSON file: {@code targ1}, {@code targ2}, {@code attr1}, {@code attr2}, each with a
   * {@code category} and a list {@code examples}.
   *
   * @throws UserException if it is not there or not of this form
   */
  public static WordSets read(Path file) {
    JsonNode json;
    try {
      json = new ObjectMapper().readTree(file.toFile());
    } catch (IOException e) {
      throw new UserException("Cannot read word sets from " + file + ": " + e.getMessage(), e);
    }
    return new WordSets(
        category(file, json, "targ1"),
        category(file, json, "targ2"),
        category(file, json, "attr1"),
        category(file, json, "attr2"));
  }

  private static Category category(Path file, JsonNode json, String key) {
    List<String> words = new ArrayList<>();
    json.path(key).path("examples").forEach(word -> words.add(word.asText()));
    if (words.size() < LEAST) {
      throw new UserException(
          "Cannot read word sets from "
              + file
              + ": "
              + key
              + " has "
              + words.size()
              + " examples; must have at least "
              + LEAST);
    }
    return new Category(json.path(key).path("category").asText(key), words);
  }

  /** All words of some predicate, in order. */
  public Set<String> words(Predicate<String> which) {
    Set<String> all = new LinkedHashSet<>();
    for (Category category : categories()) {
      category.words().stream().filter(which).forEach(all::add);
    }
    return all;
  }

  /**
   * Why there is no test of the words that are known: fewer than two in a set; empty if there is.
   */
  public Optional<String> untestable(Predicate<String> known) {
    return categories().stream()
        .filter(category -> category.only(known).words().size() < LEAST)
        .map(
            category ->
                "%d of %d words for %s are known; must be at least %d"
                    .formatted(
                        category.only(known).words().size(),
                        category.words().size(),
                        category.name(),
                        LEAST))
        .findFirst();
  }

  /**
   * The sets without the words that are not known, of which there may be {@link #untestable} few.
   */
  public WordSets only(Predicate<String> known) {
    return new WordSets(
        firstTarget.only(known),
        secondTarget.only(known),
        firstAttribute.only(known),
        secondAttribute.only(known));
  }

  /**
   * Runs the test.
   *
   * @param nearness of a target to the words of an attribute
   * @param seed of drawn partitions
   */
  public WordAssociation.Result test(ToDoubleBiFunction<String, List<String>> nearness, long seed) {
    return WordAssociation.run(
        firstTarget.words(),
        secondTarget.words(),
        word ->
            nearness.applyAsDouble(word, firstAttribute.words())
                - nearness.applyAsDouble(word, secondAttribute.words()),
        seed);
  }

  private List<Category> categories() {
    return List.of(firstTarget, secondTarget, firstAttribute, secondAttribute);
  }

  @Override
  public String toString() {
    return firstTarget.name()
        + " / "
        + secondTarget.name()
        + " by "
        + firstAttribute.name()
        + " / "
        + secondAttribute.name();
  }
}
