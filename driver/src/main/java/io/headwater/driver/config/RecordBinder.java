package io.headwater.driver.config;

import io.headwater.checkpoint.UserException;
import io.headwater.driver.config.Settings.Value;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes configuration records of settings. */
final class RecordBinder {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h)");

  private final Settings settings;

  RecordBinder(Settings settings) {
    this.settings = settings;
  }

  /**
   * Binds a record whose keys begin with {@code prefix}.
   *
   * @throws UserException naming the key whose value is missing or wrong
   */
  <T extends Record> T bind(String prefix, Class<T> type) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] arguments = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String key = prefix + SettingKey.dashed(components[i].getName());
      arguments[i] =
          components[i].getType().isRecord()
              ? bind(key + ".", components[i].getType().asSubclass(Record.class))
              : value(key, components[i]);
    }
    try {
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Constructor<T> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private Object value(String key, RecordComponent component) {
    Setting setting = component.getAnnotation(Setting.class);
    Value given =
        settings
            .get(key)
            .orElseGet(
                () ->
                    setting.defaultValue().equals(Setting.NONE)
                        ? null
                        : new Value(List.of(setting.defaultValue()), "the default"));
    if (given == null) {
      throw new UserException("Cannot run: " + key + " is not given (" + setting.value() + ")");
    }
    return convert(key, component.getType(), given);
  }

  private static Object convert(String key, Class<?> type, Value value) {
    if (type == List.class) {
      return value.items().stream()
          .flatMap(item -> Arrays.stream(item.split(",")))
          .map(String::strip)
          .filter(item -> !item.isEmpty())
          .toList();
    }
    if (value.items().size() != 1) {
      throw wrong(key, value, "one value, not a list");
    }
    String text = value.items().get(0);
    try {
      if (type == String.class) {
        return text;
      } else if (type == int.class) {
        return Integer.parseInt(text.replace("_", ""));
      } else if (type == long.class) {
        return Long.parseLong(text.replace("_", ""));
      } else if (type == double.class) {
        return Double.parseDouble(text);
      } else if (type == Duration.class) {
        return duration(key, value);
      }
    } catch (NumberFormatException e) {
      throw wrong(key, value, type == double.class ? "a number" : "a whole number");
    }
    throw new IllegalStateException("No setting of " + type + ": " + key);
  }

  private static Duration duration(String key, Value value) {
    Matcher matcher = DURATION.matcher(value.items().get(0));
    if (!matcher.matches()) {
      throw wrong(key, value, "a duration as 500ms, 15s, 2m or 1h");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      default -> Duration.ofHours(amount);
    };
  }

  private static UserException wrong(String key, Value value, String valid) {
    return new UserException(
        "Cannot use "
            + key
            + ": '"
            + value
            + "' in "
            + value.origin()
            + " (must be "
            + valid
            + ")");
  }
}
