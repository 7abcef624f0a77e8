package io.headwater.driver.config;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;

/** Configuration records as JSON, in the keys of the YAML file. */
final class ConfigJson {
  private ConfigJson() {}

  static ObjectNode of(Record config) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    for (RecordComponent component : config.getClass().getRecordComponents()) {
      put(json, SettingKey.dashed(component.getName()), value(config, component));
    }
    return json;
  }

  private static void put(ObjectNode json, String key, Object value) {
    if (value instanceof Record section) {
      json.set(key, of(section));
    } else if (value instanceof List<?> items) {
      items.forEach(item -> json.withArray("/" + key).add(item.toString()));
    } else if (value instanceof Integer || value instanceof Long) {
      json.put(key, ((Number) value).longValue());
    } else if (value instanceof Double number) {
      json.put(key, number);
    } else if (value instanceof Duration duration) {
      json.put(key, duration.toMillis() + "ms");
    } else {
      json.put(key, value.toString());
    }
  }

  private static Object value(Record config, RecordComponent component) {
    try {
      return component.getAccessor().invoke(config);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
