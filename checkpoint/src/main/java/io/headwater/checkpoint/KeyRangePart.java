package io.headwater.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * What one parameter shard left in the staging folder for the driver to join.
 *
 * @param from first element of its key range
 * @param to element after the last one
 * @param weights the shard's weights, raw little-endian float32
 * @param optimizer its optimizer file, if the optimizer has state
 */
record KeyRangePart(long from, long to, FileEntry weights, Optional<FileEntry> optimizer) {
  static final String FOLDER = "parts";

  static String weightsPath(int shard, int shards) {
    return String.format(Locale.ROOT, FOLDER + "/weights-%05d-of-%05d.f32", shard, shards);
  }

  static String path(int shard, int shards) {
    return String.format(Locale.ROOT, FOLDER + "/part-%05d-of-%05d.json", shard, shards);
  }

  byte[] toBytes() {
    ObjectNode root = Json.MAPPER.createObjectNode();
    root.put("from", from).put("to", to);
    root.set("weights", toJson(weights));
    optimizer.ifPresent(file -> root.set("optimizer", toJson(file)));
    return Json.pretty(root);
  }

  static KeyRangePart read(Storage storage, Path file) {
    JsonNode root = Json.parse(storage.readAll(file), file);
    return new KeyRangePart(
        root.path("from").asLong(),
        root.path("to").asLong(),
        entry(root.path("weights")),
        root.has("optimizer") ? Optional.of(entry(root.path("optimizer"))) : Optional.empty());
  }

  private static ObjectNode toJson(FileEntry file) {
    return Json.MAPPER
        .createObjectNode()
        .put("path", file.path())
        .put("bytes", file.bytes())
        .put("sha256", file.sha256());
  }

  private static FileEntry entry(JsonNode node) {
    return new FileEntry(
        node.path("path").asText(), node.path("bytes").asLong(-1), node.path("sha256").asText());
  }
}
