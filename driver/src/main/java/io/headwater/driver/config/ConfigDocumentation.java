package io.headwater.driver.config;

/** Writes {@code docs/config-properties.md} from the records. */
final class ConfigDocumentation {
  private ConfigDocumentation() {}

  static String markdown() {
    StringBuilder page = new StringBuilder();
    page.append("# Configuration\n\n");
    page.append("Every key of a run's YAML file, as `headwater pretrain --config run.yaml` and\n");
    page.append("`--set key=value` take it. Made from the records in the driver's package\n");
    page.append("`config`; a test compares.\n\n");
    page.append("| key | type | default | meaning |\n|---|---|---|---|\n");
    table(page, RunConfig.class);
    page.append("\n## Word vectors\n\n");
    page.append(
        "Runs with `model.preset: word2vec`, `fasttext` or `glove` have these keys instead.\n");
    page.append("One that the family does not read stops the start.\n\n");
    page.append("| key | type | default | meaning |\n|---|---|---|---|\n");
    table(page, EmbeddingConfig.class);
    return page.toString();
  }

  private static void table(StringBuilder page, Class<? extends Record> config) {
    for (SettingKey key : SettingKey.all(config).values()) {
      page.append(
          "| `%s` | %s | %s | %s |\n"
              .formatted(key.name(), type(key.type()), defaultOf(key), key.setting().value()));
    }
  }

  private static String defaultOf(SettingKey key) {
    if (!key.hasFixedDefault()) {
      return key.setting().derived().isEmpty() ? "(must be given)" : key.setting().derived();
    }
    String value = key.setting().defaultValue();
    return value.isEmpty() ? "(empty)" : "`" + value + "`";
  }

  private static String type(Class<?> type) {
    return switch (type.getSimpleName()) {
      case "int", "long" -> "whole number";
      case "double" -> "number";
      case "Duration" -> "duration (`15s`)";
      case "List" -> "list";
      default -> "text";
    };
  }
}
