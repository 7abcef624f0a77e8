package io.headwater.ps.transport;

import io.aeron.CommonContext;
import io.aeron.exceptions.DriverTimeoutException;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.ShardEndpoint;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the media driver of a shard or coordinator on this host: its process leaves a note in
 * shared memory, named by its port, that holds the driver's directory.
 */
public final class LocalDrivers {
  private static final Logger LOG = LoggerFactory.getLogger(LocalDrivers.class);
  private static final long ALIVE_WITHIN_MS = 5_000;
  private static final String NOTE = "headwater-port-";

  private LocalDrivers() {}

  /** Whether a media driver is at work in a directory. */
  static boolean isAlive(String directory) {
    File file = new File(directory);
    try {
      return file.isDirectory()
          && CommonContext.isDriverActive(
              file, ALIVE_WITHIN_MS, message -> LOG.trace("{}", message));
    } catch (DriverTimeoutException e) {
      return false; // its process was killed while it made the directory
    }
  }

  /** The directory through which to reach a shard, if it lives on this host. */
  public static Optional<String> find(ShardEndpoint endpoint) {
    return find(endpoint.host(), endpoint.port(), endpoint.aeronDirectory());
  }

  /** The directory through which to reach a coordinator, if it lives on this host. */
  public static Optional<String> find(CoordinatorEndpoint endpoint) {
    return find(endpoint.host(), endpoint.port(), endpoint.aeronDirectory());
  }

  private static Optional<String> find(String host, int port, String directory) {
    if (port != 0 && !isLocal(host)) {
      return Optional.empty(); // a directory of this name would be someone else's
    }
    if (!directory.isEmpty() && isAlive(directory)) {
      return Optional.of(directory);
    }
    if (port == 0) {
      return Optional.empty();
    }
    try {
      String noted = Files.readString(note(port));
      return isAlive(noted) ? Optional.of(noted) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Leaves the note for a port of this process. */
  public static void announce(int port, String directory) {
    Path note = note(port);
    Path draft = note.resolveSibling(note.getFileName() + "." + ProcessHandle.current().pid());
    try {
      Files.writeString(draft, directory);
      Files.move(draft, note, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes the note back. */
  public static void withdraw(int port) {
    try {
      Files.deleteIfExists(note(port));
    } catch (IOException e) {
      LOG.debug("the note of port {} stays: {}", port, e.getMessage());
    }
  }

  /** Takes the notes back whose process was killed: their driver's directory is gone. */
  static void removeStaleNotes() {
    try (Stream<Path> entries = Files.list(EmbeddedDriver.sharedMemory())) {
      for (Path note : entries.filter(LocalDrivers::isNote).toList()) {
        if (Files.notExists(Path.of(Files.readString(note)))) {
          Files.deleteIfExists(note);
        }
      }
    } catch (IOException e) {
      LOG.debug("left-over notes stay: {}", e.getMessage()); // one may have gone meanwhile
    }
  }

  private static boolean isNote(Path path) {
    return path.getFileName().toString().matches(NOTE + "\\d+");
  }

  private static Path note(int port) {
    return EmbeddedDriver.sharedMemory().resolve(NOTE + port);
  }

  private static boolean isLocal(String host) {
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null) {
          return true;
        }
      }
      return false;
    } catch (UnknownHostException | SocketException e) {
      return false;
    }
  }
}
