package io.headwater.driver.quickstart;

import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The {@code -sources} jars of some libraries, which the build has put into one folder. */
final class SourceArchives {
  private static final String PROPERTY = "headwater.quickstart.sources";

  /** Libraries told apart in the labelled task: label, and the beginning of the archive's name. */
  static final Map<String, String> LABELS =
      new TreeMap<>(
          Map.of(
              "agrona", "agrona-",
              "collections", "commons-collections4-",
              "compress", "commons-compress-",
              "jackson", "jackson-databind-",
              "lang", "commons-lang3-",
              "log4j", "log4j-core-",
              "math", "commons-math3-",
              "zookeeper", "zookeeper-"));

  private final List<Path> archives;

  private SourceArchives(List<Path> archives) {
    this.archives = archives;
  }

  /** Those of this build. */
  static SourceArchives ofBuild() {
    String folder = System.getProperty(PROPERTY, "");
    if (folder.isEmpty() || !Files.isDirectory(Path.of(folder))) {
      throw new UserException(
          "Cannot start the quickstart: no source archives at "
              + (folder.isEmpty() ? "(-D" + PROPERTY + " is not set)" : folder)
              + "; start it with the launcher, which has the build fetch them");
    }
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      return new SourceArchives(
          files.filter(file -> file.toString().endsWith(".jar")).sorted().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> paths() {
    return archives.stream().map(Path::toString).toList();
  }

  /** Java files of one library, by name. */
  Map<String, String> javaFiles(String label) {
    String prefix = LABELS.get(label);
    Path archive =
        archives.stream()
            .filter(path -> path.getFileName().toString().startsWith(prefix))
            .findFirst()
            .orElseThrow(
                () ->
                    new UserException(
                        "Cannot make the labelled task: no archive "
                            + prefix
                            + "*.jar among "
                            + archives));
    Map<String, String> files = new TreeMap<>();
    try (ZipFile zip = new ZipFile(archive.toFile())) {
      for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
        String name = entry.getName();
        if (name.endsWith(".java") && !name.toLowerCase(Locale.ROOT).endsWith("-info.java")) {
          byte[] bytes = zip.getInputStream(entry).readAllBytes();
          files.put(name, new String(bytes, StandardCharsets.UTF_8));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + archive, e);
    }
    return files;
  }
}
