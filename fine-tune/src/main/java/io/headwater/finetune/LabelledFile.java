package io.headwater.finetune;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.headwater.checkpoint.UserException;
import java.io.BufferedReader;
import java.io.IOException;
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
public final class LabelledFile {
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

  private static final int NONE = -1; // column of what is not read

  private final DataFile file;
  private final Columns columns;
  private final boolean labelled;
  private final List<LabelledExample> examples;

  private LabelledFile(
      DataFile file, Columns columns, boolean labelled, List<LabelledExample> examples) {
    this.file = file;
    this.columns = columns;
    this.labelled = labelled;
    this.examples = examples;
  }

  /**
   * All examples, in the order of the file.
   *
   * @throws UserException naming file and line of the first fault, or if there is no example
   */
  public static List<LabelledExample> read(String name, Columns columns) {
    return DataFile.read(
        name, (file, examples) -> new LabelledFile(file, columns, true, examples).read());
  }

  /** As {@link #read}, the texts alone; a column of labels need not be there. */
  public static List<LabelledExample> readUnlabelled(String name, Columns columns) {
    return DataFile.read(
        name, (file, examples) -> new LabelledFile(file, columns, false, examples).read());
  }

  private void read() throws IOException {
    String name = file.name().toLowerCase(Locale.ROOT);
    if (name.endsWith(".csv")) {
      readTable(CSV);
    } else if (name.endsWith(".tsv")) {
      readTable(TSV);
    } else if (name.endsWith(".jsonl")) {
      readJsonLines();
    } else {
      throw new UserException(
          "Cannot read labelled data "
              + file.name()
              + ": its name must end in .csv, .tsv or .jsonl");
    }
  }

  private void readTable(CSVFormat format) throws IOException {
    CSVFormat headed =
        columns.byNumber() ? format : format.builder().setHeader().setSkipHeaderRecord(true).get();
    try (CSVParser parser = headed.parse(file.text())) {
      int text = column(parser, columns.text());
      int pair = columns.pair().isPresent() ? column(parser, columns.pair().get()) : NONE;
      int label = labelled ? column(parser, columns.label()) : NONE;
      int width = parser.getHeaderNames().size();
      file.at(parser.getCurrentLineNumber() + 1);
      for (CSVRecord row : parser) {
        boolean blank = row.size() == 1 && row.get(0).isEmpty();
        if (!blank) {
          width = width == 0 ? row.size() : width;
          addRow(row, text, pair, label, width);
        }
        file.at(parser.getCurrentLineNumber() + 1);
      }
    }
  }

  private void addRow(CSVRecord row, int text, int pair, int label, int width) {
    int last = Math.max(Math.max(text, label), pair);
    if (row.size() != width) {
      throw file.fault("it has " + row.size() + " columns, the first line has " + width, null);
    }
    if (last >= width) {
      throw file.fault("it has " + width + " columns, none is #" + (last + 1), null);
    }
    add(
        row.get(text),
        pair == NONE ? Optional.empty() : Optional.of(row.get(pair)),
        label == NONE ? "" : row.get(label));
  }

  private int column(CSVParser parser, String name) {
    if (columns.byNumber()) {
      return Columns.index(name);
    }
    int index = parser.getHeaderNames().indexOf(name);
    if (index < 0) {
      throw new UserException(
          "Cannot read labelled data "
              + file.name()
              + ": it has no column '"
              + name
              + "'; its columns are "
              + parser.getHeaderNames());
    }
    return index;
  }

  private void readJsonLines() throws IOException {
    BufferedReader reader = file.text();
    for (String json = reader.readLine(); json != null; json = reader.readLine()) {
      if (!json.isBlank()) {
        JsonNode row;
        try {
          row = JSON.readTree(json);
        } catch (JsonProcessingException e) {
          throw file.fault("it is not JSON: " + e.getOriginalMessage(), e);
        }
        JsonNode example = row;
        add(
            value(row, columns.text()),
            columns.pair().map(key -> value(example, key)),
            labelled ? value(row, columns.label()) : "");
      }
      file.at(file.line() + 1);
    }
  }

  private String value(JsonNode row, String key) {
    JsonNode value = row.get(key);
    if (value == null || value.isNull()) {
      List<String> keys = new ArrayList<>();
      row.fieldNames().forEachRemaining(keys::add);
      throw file.fault("it has no key '" + key + "'; its keys are " + keys, null);
    }
    if (value.isContainerNode()) {
      throw file.fault("'" + key + "' is not a string or a number", null);
    }
    return value.asText();
  }

  private void add(String text, Optional<String> pair, String label) {
    if (text.isBlank() || pair.map(String::isBlank).orElse(false)) {
      throw file.fault("its text is empty", null);
    }
    if (labelled && label.isBlank()) {
      throw file.fault("its label is empty", null);
    }
    examples.add(new LabelledExample(text, pair, label.strip(), file.line()));
  }
}
