package io.headwater.finetune;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.headwater.checkpoint.Storage;
import io.headwater.checkpoint.UserException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;

/**
 * Reads texts and labels from CSV (RFC 4180), TSV (no quoting, as data sets use it) or JSONL; the
 * name's ending says which.
 */
final class LabelledFile {
  private static final JsonMapper JSON = new JsonMapper();
  private static final CSVFormat CSV =
      CSVFormat.RFC4180
          .builder()
          .setIgnoreEmptyLines(false)
          .setAllowMissingColumnNames(true)
          .setDuplicateHeaderMode(DuplicateHeaderMode.ALLOW_EMPTY)
          .get();
  private static final CSVFormat TSV =
      CSV.builder().setDelimiter('\t').setQuote(null).setEscape(null).get();

  private final String file;
  private final Columns columns;
  private final List<LabelledExample> examples = new ArrayList<>();
  private long line; // where a fault would be

  private LabelledFile(String file, Columns columns) {
    this.file = file;
    this.columns = columns;
  }

  /**
   * All examples, in the order of the file.
   *
   * @throws UserException naming file and line of the first fault, or if there is no example
   */
  static List<LabelledExample> read(String file, Columns columns) {
    LabelledFile reader = new LabelledFile(file, columns);
    String name = file.toLowerCase(Locale.ROOT);
    try (BufferedReader text = open(file)) {
      if (name.endsWith(".csv")) {
        reader.readTable(text, CSV);
      } else if (name.endsWith(".tsv")) {
        reader.readTable(text, TSV);
      } else if (name.endsWith(".jsonl")) {
        reader.readJsonLines(text);
      } else {
        throw new UserException(
            "Cannot read labelled data " + file + ": its name must end in .csv, .tsv or .jsonl");
      }
    } catch (CharacterCodingException e) {
      throw reader.fault("it is not valid UTF-8", e);
    } catch (UncheckedIOException e) {
      throw e.getCause() instanceof CharacterCodingException
          ? reader.fault("it is not valid UTF-8", e)
          : reader.fault(e.getCause().getMessage(), e);
    } catch (IOException | IllegalArgumentException e) {
      throw reader.fault(e.getMessage(), e);
    }
    if (reader.examples.isEmpty()) {
      throw new UserException("Cannot read labelled data " + file + ": it holds no example");
    }
    return List.copyOf(reader.examples);
  }

  private static BufferedReader open(String file) throws IOException {
    BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Storage.read(file),
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)));
    boolean opened = false;
    try {
      reader.mark(1);
      if (reader.read() != '\uFEFF') { // a byte order mark is not part of the first column's name
        reader.reset();
      }
      opened = true;
      return reader;
    } catch (CharacterCodingException e) {
      throw new UserException(
          "Cannot read labelled data " + file + ", line 1: it is not valid UTF-8", e);
    } finally {
      if (!opened) {
        reader.close();
      }
    }
  }

  private void readTable(BufferedReader reader, CSVFormat format) throws IOException {
    line = 1;
    CSVFormat headed =
        columns.byNumber() ? format : format.builder().setHeader().setSkipHeaderRecord(true).get();
    try (CSVParser parser = headed.parse(reader)) {
      int text = column(parser, columns.text());
      int pair = columns.pair().isPresent() ? column(parser, columns.pair().get()) : -1;
      int label = column(parser, columns.label());
      int width = parser.getHeaderNames().size();
      line = parser.getCurrentLineNumber() + 1;
      for (CSVRecord row : parser) {
        boolean blank = row.size() == 1 && row.get(0).isEmpty();
        if (!blank) {
          width = width == 0 ? row.size() : width;
          addRow(row, text, pair, label, width);
        }
        line = parser.getCurrentLineNumber() + 1;
      }
    }
  }

  private void addRow(CSVRecord row, int text, int pair, int label, int width) {
    int last = Math.max(Math.max(text, label), pair);
    if (row.size() != width) {
      throw fault("it has " + row.size() + " columns, the first line has " + width, null);
    }
    if (last >= width) {
      throw fault("it has " + width + " columns, none is #" + (last + 1), null);
    }
    add(row.get(text), pair < 0 ? Optional.empty() : Optional.of(row.get(pair)), row.get(label));
  }

  private int column(CSVParser parser, String name) {
    if (columns.byNumber()) {
      return Columns.index(name);
    }
    int index = parser.getHeaderNames().indexOf(name);
    if (index < 0) {
      throw new UserException(
          "Cannot read labelled data "
              + file
              + ": it has no column '"
              + name
              + "'; its columns are "
              + parser.getHeaderNames());
    }
    return index;
  }

  private void readJsonLines(BufferedReader reader) throws IOException {
    line = 1;
    for (String json = reader.readLine(); json != null; json = reader.readLine()) {
      if (!json.isBlank()) {
        JsonNode row;
        try {
          row = JSON.readTree(json);
        } catch (JsonProcessingException e) {
          throw fault("it is not JSON: " + e.getOriginalMessage(), e);
        }
        JsonNode example = row;
        add(
            value(row, columns.text()),
            columns.pair().map(key -> value(example, key)),
            value(row, columns.label()));
      }
      line++;
    }
  }

  private String value(JsonNode row, String key) {
    JsonNode value = row.get(key);
    if (value == null || value.isNull()) {
      List<String> keys = new ArrayList<>();
      row.fieldNames().forEachRemaining(keys::add);
      throw fault("it has no key '" + key + "'; its keys are " + keys, null);
    }
    if (value.isContainerNode()) {
      throw fault("'" + key + "' is not a string or a number", null);
    }
    return value.asText();
  }

  private void add(String text, Optional<String> pair, String label) {
    if (text.isBlank() || pair.map(String::isBlank).orElse(false)) {
      throw fault("its text is empty", null);
    }
    if (label.isBlank()) {
      throw fault("its label is empty", null);
    }
    examples.add(new LabelledExample(text, pair, label.strip(), line));
  }

  private UserException fault(String reason, Exception cause) {
    return new UserException(
        "Cannot read labelled data " + file + ", line " + line + ": " + reason, cause);
  }
}
