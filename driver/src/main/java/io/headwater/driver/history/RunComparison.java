package io.headwater.driver.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Two runs side by side: what was asked for, by what program on what data, and what came out.
 *
 * @param settings in which they differ
 * @param results all of both
 * @param losses at steps that both have a line of
 */
public record RunComparison(List<Difference> settings, List<Difference> results, Losses losses) {
  /** Where each run has its own, whatever else is the same. */
  private static final Set<String> NAMES =
      Set.of("configuration.run.id", "configuration.run.directory", "configuration.output");

  private static final List<String> SETTINGS =
      List.of("configuration", "model", "corpus", "libraries", "version", "commit", "stage");

  /** A value of each; empty where a run has none. */
  public record Difference(String key, String first, String second) {}

  /** Losses of both at a step. */
  public record Pair(long step, double first, double second) {}

  /**
   * Loss curves.
   *
   * @param common steps that both have a line of
   * @param differing of them, how many have other losses
   * @param firstDifferent step of the first of them; 0 if there is none
   * @param meanDifference of the absolute differences
   * @param shown some of the common steps, evenly, the last included
   */
  public record Losses(
      int common, int differing, long firstDifferent, double meanDifference, List<Pair> shown) {}

  private static final int SHOWN = 12;

  public static RunComparison of(PastRun first, PastRun second) {
    return new RunComparison(
        differences(first.record(), second.record(), SETTINGS).stream()
            .filter(d -> !d.first().equals(d.second()) && !NAMES.contains(d.key()))
            .toList(),
        differences(first.record(), second.record(), List.of("results")),
        losses(first.losses(), second.losses()));
  }

  private static List<Difference> differences(JsonNode first, JsonNode second, List<String> of) {
    Map<String, String> a = new TreeMap<>();
    Map<String, String> b = new TreeMap<>();
    for (String key : of) {
      flatten(key, first.path(key), a);
      flatten(key, second.path(key), b);
    }
    Set<String> keys = new TreeSet<>(a.keySet());
    keys.addAll(b.keySet());
    return keys.stream()
        .map(key -> new Difference(key, a.getOrDefault(key, ""), b.getOrDefault(key, "")))
        .toList();
  }

  private static void flatten(String key, JsonNode node, Map<String, String> into) {
    if (node.isObject()) {
      node.fields().forEachRemaining(f -> flatten(key + "." + f.getKey(), f.getValue(), into));
    } else if (!node.isMissingNode()) {
      into.put(key, node.isTextual() ? node.asText() : node.toString());
    }
  }

  private static Losses losses(
      NavigableMap<Long, Double> first, NavigableMap<Long, Double> second) {
    List<Pair> pairs = new ArrayList<>();
    first.forEach(
        (step, loss) -> {
          if (second.containsKey(step)) {
            pairs.add(new Pair(step, loss, second.get(step)));
          }
        });
    List<Pair> differing = pairs.stream().filter(p -> p.first() != p.second()).toList();
    double mean =
        pairs.stream().mapToDouble(p -> Math.abs(p.first() - p.second())).average().orElse(0);
    List<Pair> shown = new ArrayList<>();
    int count = Math.min(SHOWN, pairs.size());
    for (int i = 1; i <= count; i++) {
      shown.add(pairs.get(i * pairs.size() / count - 1));
    }
    return new Losses(
        pairs.size(),
        differing.size(),
        differing.isEmpty() ? 0 : differing.get(0).step(),
        mean,
        shown);
  }

  /** With {@code --json}. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    put(json.putArray("settings"), settings);
    put(json.putArray("results"), results);
    ObjectNode curve = json.putObject("losses");
    curve.put("common_steps", losses.common());
    curve.put("differing_steps", losses.differing());
    if (losses.differing() > 0) {
      curve.put("first_different_step", losses.firstDifferent());
    }
    curve.put("mean_difference", losses.meanDifference());
    ArrayNode steps = curve.putArray("steps");
    for (Pair pair : losses.shown()) {
      steps
          .addObject()
          .put("step", pair.step())
          .put("first", pair.first())
          .put("second", pair.second());
    }
    return json;
  }

  private static void put(ArrayNode array, List<Difference> differences) {
    for (Difference difference : differences) {
      array
          .addObject()
          .put("key", difference.key())
          .put("first", difference.first())
          .put("second", difference.second());
    }
  }
}
