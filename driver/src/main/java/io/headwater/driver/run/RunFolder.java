package io.headwater.driver.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.log.LogFormat;
import io.headwater.driver.report.HtmlReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.FileAppender;

/**
 * The record of a run on the local disk: {@code metrics.jsonl}, {@code run.json}, {@code
 * report.html}, {@code run.log} and, kept by others, {@code status.json}. One process at a time
 * holds it.
 */
public final class RunFolder implements AutoCloseable {
  static final String RUN = "run.json";
  static final String METRICS = "metrics.jsonl";
  static final String REPORT = "report.html";

  /** Kept by others. */
  public static final String STATUS = "status.json";

  private static final String LOCK = ".lock";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path directory;
  private final FileChannel lockFile;
  private final Writer metrics;
  private final FileAppender log;
  private final Before before;
  private final KeptRecord kept;

  /**
   * What the run did before it was resumed.
   *
   * @param firstLoss of its first step, if that was made
   * @param tokens that it was trained on
   * @param step last one that has a line, which may lie behind the one that it is resumed from
   */
  public record Before(OptionalDouble firstLoss, long tokens, long step) {}

  private RunFolder(
      Path directory,
      FileChannel lockFile,
      Writer metrics,
      FileAppender log,
      Before before,
      KeptRecord kept) {
    this.directory = directory;
    this.lockFile = lockFile;
    this.metrics = metrics;
    this.log = log;
    this.before = before;
    this.kept = kept;
  }

  /** Refuses a folder in which something lies, unless the run resumes. */
  public static void checkUnused(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    if (!Files.isDirectory(directory)) {
      throw new UserException("Cannot write to " + directory + ": it is a file, not a folder");
    }
    try (Stream<Path> children = Files.list(directory)) {
      if (children.anyMatch(child -> !child.endsWith(LOCK))) {
        throw new UserException(
            "Cannot write to "
                + directory
                + ": the folder is not empty; give --resume to go on from its newest checkpoint, or"
                + " another --output");
      }
    } catch (IOException e) {
      throw new UserException("Cannot write to " + directory + ": " + e.getMessage(), e);
    }
  }

  /**
   * Takes the folder, makes it if there is none.
   *
   * @param output where the run's checkpoints are: if that is not the local disk, the record is
   *     kept there too; empty: nowhere
   * @param step steps done before: lines of later ones, left by a run that was killed, go
   * @throws UserException if another process holds it or it cannot be written
   */
  public static RunFolder open(Path directory, String output, long step) {
    try {
      Files.createDirectories(directory);
      FileChannel lockFile = lock(directory);
      KeptRecord kept = new KeptRecord(directory, output);
      if (step > 0) {
        kept.restore();
      }
      Path metrics = directory.resolve(METRICS);
      Before before = keepUntil(metrics, step);
      return new RunFolder(
          directory,
          lockFile,
          Files.newBufferedWriter(metrics, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
          startLog(directory.resolve("run.log")),
          before,
          kept);
    } catch (IOException e) {
      throw new UserException("Cannot write to " + directory + ": " + e, e);
    }
  }

  public Before before() {
    return before;
  }

  /** Keeps the record where the output is, if that is elsewhere: when a checkpoint is there. */
  public void keep() {
    kept.save();
  }

  public Path directory() {
    return directory;
  }

  /** Hears of the steps that metrics.jsonl has a line of, in order. */
  public interface StepListener {
    void step(long step, double loss, double tokensPerSecond);
  }

  public void forEachStep(StepListener listener) {
    try {
      for (String line : Files.readAllLines(directory.resolve(METRICS))) {
        JsonNode step = parse(line);
        if (step.has("loss")) {
          listener.step(
              step.path("step").asLong(),
              step.path("loss").asDouble(Double.NaN),
              step.path("tokens_per_second").asDouble(Double.NaN));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + directory.resolve(METRICS), e);
    }
  }

  /** Appends a line to metrics.jsonl; it is on its way to disk on return. */
  public void appendMetrics(ObjectNode line) {
    try {
      metrics.write(MAPPER.writeValueAsString(line));
      metrics.write('\n');
      metrics.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + directory.resolve(METRICS), e);
    }
  }

  /** Writes run.json, whole or not at all, and the picture of it, report.html. */
  void writeRun(ObjectNode run) {
    Path file = directory.resolve(RUN);
    Path partial = directory.resolve("." + RUN + ".partial");
    try {
      Files.writeString(
          partial, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(run) + "\n");
      Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
    HtmlReport.ofRun(run, directory.resolve(METRICS)).write(directory.resolve(REPORT));
  }

  /** Keeps the record a last time, after what others keep in the folder was written. */
  @Override
  public void close() {
    LoggerContext context = (LoggerContext) LogManager.getContext(false);
    context.getConfiguration().getRootLogger().removeAppender(log.getName());
    context.updateLoggers();
    log.stop();
    try (lockFile) {
      metrics.close();
      kept.save();
      Files.deleteIfExists(directory.resolve(LOCK));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot close " + directory, e);
    }
  }

  private static FileChannel lock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      channel.close();
      throw new UserException("Cannot write to " + directory + ": another run is writing there");
    }
    return channel;
  }

  private static Before keepUntil(Path metrics, long step) throws IOException {
    if (!Files.exists(metrics)) {
      return new Before(OptionalDouble.empty(), 0, 0);
    }
    List<String> kept = new ArrayList<>();
    OptionalDouble firstLoss = OptionalDouble.empty();
    long tokens = 0;
    long reached = 0;
    for (String line : Files.readAllLines(metrics)) {
      JsonNode node = parse(line);
      reached = Math.max(reached, node.path("step").asLong());
      // What was measured of the weights that the run goes on from is measured again.
      long before = node.has("validation_loss") ? step - 1 : step;
      if (node.path("step").asLong(Long.MAX_VALUE) <= before) {
        kept.add(line);
        if (node.has("tokens")) {
          // Every step has as many tokens as the next; not every step has a line.
          tokens = node.path("tokens").asLong() / node.path("step").asLong(1) * step;
        }
        if (firstLoss.isEmpty() && node.has("loss")) {
          firstLoss = OptionalDouble.of(node.path("loss").asDouble());
        }
      }
    }
    Files.write(metrics, kept);
    return new Before(firstLoss, tokens, reached);
  }

  /** The last line of a killed process may be cut short. */
  private static JsonNode parse(String line) {
    try {
      return MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      return MAPPER.createObjectNode();
    }
  }

  private static FileAppender startLog(Path file) {
    LoggerContext context = (LoggerContext) LogManager.getContext(false);
    FileAppender appender =
        FileAppender.newBuilder()
            .setName("run.log of " + file)
            .withFileName(file.toString())
            .withAppend(true)
            .setLayout(LogFormat.ofFile())
            .setConfiguration(context.getConfiguration())
            .build();
    appender.setHandler(new LogFileErrors(file));
    appender.start();
    context.getConfiguration().getRootLogger().addAppender(appender, Level.INFO, null);
    context.updateLoggers();
    return appender;
  }
}
