package io.headwater.driver.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One key of a configuration: {@code training.learning-rate}.
 *
 * @param name dots group, dashes join
 */
record SettingKey(String name, Class<?> type, Setting setting) {
  private static final Pattern WORD_START = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

  /** All keys of a record and the records in it, in declaration order. */
  static Map<String, SettingKey> all(Class<? extends Record> config) {
    List<SettingKey> keys = new ArrayList<>();
    collect("", config, keys);
    Map<String, SettingKey> byName = new LinkedHashMap<>();
    keys.forEach(key -> byName.put(key.name(), key));
    return byName;
  }

  /** The key's part for a component: {@code learningRate} is {@code learning-rate}. */
  static String dashed(String component) {
    return WORD_START.matcher(component).replaceAll("-").toLowerCase(Locale.ROOT);
  }

  boolean hasFixedDefault() {
    return !setting.defaultValue().equals(Setting.NONE);
  }

  private static void collect(String prefix, Class<?> config, List<SettingKey> keys) {
    for (RecordComponent component : config.getRecordComponents()) {
      String name = prefix + dashed(component.getName());
      if (component.getType().isRecord()) {
        collect(name + ".", component.getType(), keys);
      } else {
        keys.add(new SettingKey(name, component.getType(), component.getAnnotation(Setting.class)));
      }
    }
  }
}
