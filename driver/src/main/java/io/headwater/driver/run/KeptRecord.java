package io.headwater.driver.run;

import io.headwater.checkpoint.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The record of a run whose output is not on the local disk, kept in the folder {@value #FOLDER} of
 * the output, beside its checkpoints: the disk of a pod goes with it, and a run that goes on
 * elsewhere should know its own past.
 */
final class KeptRecord {
  static final String FOLDER = "record";
  private static final Logger LOG = LoggerFactory.getLogger(KeptRecord.class);
  private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.*");
  private static final List<String> FILES =
      List.of(RunFolder.RUN, RunFolder.METRICS, RunFolder.REPORT, RunFolder.STATUS);

  private final Path directory;
  private final String kept; // empty: the output is on the local disk, and the record beside it

  KeptRecord(Path directory, String output) {
    this.directory = directory;
    boolean local = !URI.matcher(output).matches() || output.startsWith("file:");
    kept = local ? "" : output.replaceFirst("/+$", "") + "/" + FOLDER + "/";
  }

  /** Brings what is kept, unless the local folder has a record of its own. */
  void restore() {
    if (kept.isEmpty() || Files.exists(directory.resolve(RunFolder.METRICS))) {
      return;
    }
    for (String name : FILES) {
      if (Storage.isFile(kept + name)) {
        try (InputStream from = Storage.read(kept + name)) {
          Files.copy(from, directory.resolve(name));
        } catch (IOException e) {
          throw new UncheckedIOException("Cannot bring " + kept + name, e);
        }
      }
    }
  }

  /** Keeps the record as it is now. A run does not fail for its record. */
  void save() {
    if (kept.isEmpty()) {
      return;
    }
    for (String name : FILES) {
      Path file = directory.resolve(name);
      if (Files.exists(file)) {
        try (OutputStream into = Storage.write(kept + name)) {
          Files.copy(file, into);
        } catch (IOException | RuntimeException e) {
          LOG.warn("Cannot keep {}: {}", kept + name, e.getMessage());
        }
      }
    }
  }
}
