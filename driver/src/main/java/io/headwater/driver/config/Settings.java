package io.headwater.driver.config;

import io.headwater.checkpoint.UserException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Values by key, each with where it was given; what is put later wins. Keys must be known. */
final class Settings {
  /**
   * What was given.
   *
   * @param items one for a scalar, any number for a list
   * @param origin where, for messages: {@code run.yaml line 7}, {@code --set}
   */
  record Value(List<String> items, String origin) {
    Value {
      items = List.copyOf(items);
    }

    @Override
    public String toString() {
      return String.join(",", items);
    }
  }

  private final Set<String> known;
  private final Map<String, Value> values = new LinkedHashMap<>();

  Settings(Set<String> known) {
    this.known = known;
  }

  /**
   * Puts a value.
   *
   * @throws UserException if nobody knows the key, naming the nearest that is known
   */
  void put(String key, Value value) {
    if (!known.contains(key)) {
      throw new UserException(
          "Cannot use "
              + value.origin()
              + ": unknown key '"
              + key
              + "' (did you mean '"
              + EditDistance.nearest(key, known)
              + "'?)");
    }
    values.put(key, value);
  }

  void put(String key, String value, String origin) {
    put(key, new Value(List.of(value), origin));
  }

  /** Puts a value unless there is one. */
  void putIfAbsent(String key, Object value, String origin) {
    if (!values.containsKey(key)) {
      put(key, String.valueOf(value), origin);
    }
  }

  /** Reads {@code key=value}. */
  void putAssignment(String assignment) {
    int equals = assignment.indexOf('=');
    if (equals < 1) {
      throw new UserException(
          "Cannot use --set " + assignment + ": it must be key=value, as training.steps=100");
    }
    put(assignment.substring(0, equals).strip(), assignment.substring(equals + 1).strip(), "--set");
  }

  Optional<Value> get(String key) {
    return Optional.ofNullable(values.get(key));
  }

  boolean has(String key) {
    return values.containsKey(key);
  }
}
