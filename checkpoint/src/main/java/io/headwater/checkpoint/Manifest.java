package io.headwater.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * {@code manifest.json}, written last: what makes a folder a checkpoint.
 *
 * <p>It guards itself too: {@code manifest_sha256} is the hash of the manifest's own bytes with
 * these 64 digits replaced by zeros.
 *
 * @param step the optimizer step after which the weights were taken
 * @param files every file of the checkpoint but the manifest
 */
record Manifest(long step, List<FileEntry> files) {
  static final String FILE = "manifest.json";
  private static final String FORMAT = "headwater-checkpoint";
  private static final int VERSION = 1;
  private static final String SELF = "\"manifest_sha256\":\"";
  private static final String ZEROS = "0".repeat(64);

  Manifest {
    files = List.copyOf(files);
    if (step < 0) {
      throw new IllegalArgumentException("step " + step + " is negative");
    }
    Set<String> paths = new HashSet<>();
    for (FileEntry file : files) {
      if (!paths.add(file.path())) {
        throw new IllegalArgumentException(file.path() + " is listed twice");
      }
    }
  }

  byte[] toBytes() {
    ObjectNode root = Json.MAPPER.createObjectNode();
    root.put("format", FORMAT).put("version", VERSION).put("step", step);
    ArrayNode list = root.putArray("files");
    for (FileEntry file : files) {
      list.addObject()
          .put("path", file.path())
          .put("bytes", file.bytes())
          .put("sha256", file.sha256());
    }
    root.put("manifest_sha256", ZEROS);
    // One file a line, for people; no spaces elsewhere, so that SELF is found.
    String text =
        root.toString().replace("{\"path\"", "\n{\"path\"").replace("],\"man", "\n],\"man") + "\n";
    String hash = Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    return text.replace(SELF + ZEROS, SELF + hash).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads and checks a manifest.
   *
   * @throws InvalidManifest saying what is wrong with it
   */
  static Manifest parse(byte[] bytes) throws InvalidManifest {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int self = text.indexOf(SELF);
    if (self < 0 || self + SELF.length() + ZEROS.length() > text.length()) {
      throw new InvalidManifest("it is cut short or was altered (no manifest_sha256)");
    }
    int from = self + SELF.length();
    String stated = text.substring(from, from + ZEROS.length());
    byte[] zeroed = bytes.clone();
    Arrays.fill(zeroed, from, from + ZEROS.length(), (byte) '0');
    if (!Sha256.of(zeroed).equals(stated)) {
      throw new InvalidManifest("its bytes do not match its own manifest_sha256");
    }
    try {
      return parse(Json.MAPPER.readTree(bytes));
    } catch (JsonProcessingException e) {
      throw new InvalidManifest("it is not JSON: " + e.getOriginalMessage());
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidManifest(e.getMessage());
    }
  }

  private static Manifest parse(JsonNode root) throws InvalidManifest {
    String format = root.path("format").asText();
    if (!format.equals(FORMAT)) {
      throw new InvalidManifest("its format is '" + format + "' (must be '" + FORMAT + "')");
    }
    int version = root.path("version").asInt();
    if (version != VERSION) {
      throw new InvalidManifest(
          "its version is " + version + " (this release reads version " + VERSION + ")");
    }
    List<FileEntry> files = new ArrayList<>();
    for (JsonNode file : root.path("files")) {
      files.add(
          new FileEntry(
              file.path("path").asText(),
              file.path("bytes").asLong(-1),
              file.path("sha256").asText()));
    }
    return new Manifest(root.path("step").asLong(-1), files);
  }

  /** Why a manifest cannot be believed. */
  static final class InvalidManifest extends Exception {
    InvalidManifest(String reason) {
      super(reason);
    }
  }
}
