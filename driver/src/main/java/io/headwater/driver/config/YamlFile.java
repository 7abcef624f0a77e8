package io.headwater.driver.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads a run's YAML file into settings that know their lines. */
final class YamlFile {
  private final Path file;
  private final Settings into;
  private final Set<String> seen = new HashSet<>();

  private YamlFile(Path file, Settings into) {
    this.file = file;
    this.into = into;
  }

  /**
   * @throws UserException when the file cannot be read, is no YAML, or has an unknown or repeated
   *     key, naming its line
   */
  static void read(Path file, Settings into) {
    if (!Files.isRegularFile(file)) {
      throw new UserException("Cannot read configuration " + file + ": there is no such file");
    }
    try (JsonParser parser = new YAMLFactory().createParser(file.toFile())) {
      YamlFile yaml = new YamlFile(file, into);
      JsonToken first = parser.nextToken();
      if (first == null) {
        return;
      }
      if (first != JsonToken.START_OBJECT) {
        throw new UserException(
            "Cannot read configuration " + file + ": it must hold keys and values");
      }
      yaml.group("", parser);
    } catch (JsonProcessingException e) {
      long line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new UserException(
          "Cannot read configuration "
              + file
              + " line "
              + line
              + ": "
              + String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("no YAML"),
          e);
    } catch (IOException e) {
      throw new UserException("Cannot read configuration " + file + ": " + e.getMessage(), e);
    }
  }

  private void group(String prefix, JsonParser parser) throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = prefix + parser.currentName();
      String origin = file + " line " + parser.currentTokenLocation().getLineNr();
      switch (parser.nextToken()) {
        case START_OBJECT -> group(key + ".", parser);
        case START_ARRAY -> put(key, list(key, origin, parser), origin);
        case VALUE_NULL -> put(key, List.of(""), origin);
        default -> put(key, List.of(parser.getText()), origin);
      }
    }
  }

  private void put(String key, List<String> items, String origin) {
    if (!seen.add(key)) {
      throw new UserException("Cannot use " + origin + ": key '" + key + "' stands there twice");
    }
    into.put(key, new Settings.Value(items, origin));
  }

  private static List<String> list(String key, String origin, JsonParser parser)
      throws IOException {
    List<String> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (!parser.currentToken().isScalarValue()) {
        throw new UserException("Cannot use " + origin + ": the items of " + key + " must be text");
      }
      items.add(parser.getText());
    }
    return items;
  }
}
