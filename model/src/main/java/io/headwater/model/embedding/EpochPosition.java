package io.headwater.model.embedding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.headwater.checkpoint.UserException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where an epoch was stopped, so that it can go on as if it had not been.
 *
 * @param threads of each thread the numbers that it needs, whose meaning is the trainer's; those
 *     that are not whole are there by their bits
 */
public record EpochPosition(List<long[]> threads) {
  public EpochPosition {
    threads = List.copyOf(threads);
  }

  /**
   * The numbers of each thread of a run.
   *
   * @throws UserException if the epoch was begun with another number of threads, each of which has
   *     a part of it
   */
  public List<long[]> of(int count) {
    if (threads.size() != count) {
      throw new UserException(
          "Cannot go on inside an epoch with %d threads: it was stopped with %d (embedding.threads)"
              .formatted(count, threads.size()));
    }
    return threads;
  }

  public JsonNode toJson() {
    ArrayNode json = JsonNodeFactory.instance.arrayNode();
    for (long[] numbers : threads) {
      ArrayNode array = json.addArray();
      for (long number : numbers) {
        array.add(number);
      }
    }
    return json;
  }

  /** The inverse of {@link #toJson}. */
  public static EpochPosition of(JsonNode json) {
    List<long[]> threads = new ArrayList<>();
    for (JsonNode array : json) {
      long[] numbers = new long[array.size()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = array.get(i).asLong();
      }
      threads.add(numbers);
    }
    return new EpochPosition(threads);
  }
}
