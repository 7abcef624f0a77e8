package io.headwater.corpus.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** JSONL: one object a line, one of its fields the document. */
final class JsonDocuments implements Documents {
  private static final JsonMapper MAPPER = new JsonMapper();

  private final Lines lines;
  private final String field;
  private final Tally tally;

  JsonDocuments(InputStream in, String field, Tally tally) {
    this.lines = new Lines(in, tally);
    this.field = field;
    this.tally = tally;
  }

  @Override
  public byte[] next() throws IOException {
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      byte[] document = TextDocuments.isBlank(line) ? null : document(line);
      if (document != null) {
        return document;
      }
    }
    return null;
  }

  private byte[] document(byte[] line) {
    Utf8Text json = Utf8Text.of(line);
    JsonNode text = parse(json).path(field);
    if (!text.isTextual()) {
      throw tally.refused(
          "line " + lines.number() + " has no field \"" + field + "\" that is a string");
    }
    Utf8Text decoded = Utf8Text.of(text.textValue());
    if (Utf8Text.hasNul(decoded.bytes())) {
      throw tally.refused("line " + lines.number() + " holds a NUL character");
    }
    return tally.document(new Utf8Text(decoded.bytes(), decoded.invalid() + json.invalid()));
  }

  private JsonNode parse(Utf8Text json) {
    try {
      return MAPPER.readTree(new String(json.bytes(), StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw tally.refused(
          "line " + lines.number() + " is not JSON (" + e.getOriginalMessage() + ")");
    }
  }
}
