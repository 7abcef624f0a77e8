package io.headwater.driver.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code status.json} in a run's folder: written every few seconds while the run goes on, so that
 * it can be asked without a port, and what it last did is known even if it was killed.
 */
public final class StatusFile implements AutoCloseable {
  public static final String NAME = RunFolder.STATUS;

  /** A status older than this, of a run that is not over, is that of a process that is gone. */
  static final Duration FRESH = Duration.ofSeconds(20);

  private static final Logger LOG = LoggerFactory.getLogger(StatusFile.class);
  private static final Duration PERIOD = Duration.ofSeconds(3);

  private final Path directory;
  private final RunStatus status;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread writer = new Thread(task, "headwater-status");
            writer.setDaemon(true);
            return writer;
          });

  private StatusFile(Path directory, RunStatus status) {
    this.directory = directory;
    this.status = status;
  }

  /** Writes now and then from now on. */
  public static StatusFile keep(Path directory, RunStatus status) {
    StatusFile file = new StatusFile(directory, status);
    file.thread.scheduleWithFixedDelay(file::write, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    return file;
  }

  /**
   * What a run's folder holds.
   *
   * @return empty if there is none, as of runs of earlier versions
   * @throws UserException if the file is damaged
   */
  public static Optional<StatusReport> read(Path directory) {
    Path file = directory.resolve(NAME);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(StatusJson.parse(Files.readString(file)));
    } catch (JsonProcessingException e) {
      throw new UserException("Cannot read " + file + ": it is no status of a run", e);
    } catch (IOException e) {
      throw new UserException("Cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  // A run does not fail for want of its status.
  private void write() {
    Path partial = directory.resolve("." + NAME + ".partial");
    try {
      Files.write(partial, StatusJson.bytes(status.report()));
      Files.move(partial, directory.resolve(NAME), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | RuntimeException e) {
      LOG.warn("Cannot write {}: {}", directory.resolve(NAME), e.toString());
    }
  }

  /** Writes the last status. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("Cannot write the last {}: storage does not answer", NAME);
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    write();
  }
}
