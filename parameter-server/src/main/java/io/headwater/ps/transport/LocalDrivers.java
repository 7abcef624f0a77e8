package io.headwater.ps.transport;

import io.aeron.CommonContext;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the media driver of a shard on this host: the shard's process leaves a note in shared
 * memory, named by the shard's port, that holds the driver's directory.
 */
public final class LocalDrivers {
  private static final Logger LOG = LoggerFactory.getLogger(LocalDrivers.class);
  private static final long ALIVE_WITHIN_MS = 5_000;

  private LocalDrivers() {}

  /** Whether a media driver is at work in a directory. */
  static boolean isAlive(String directory) {
    File file = new File(directory);
    return file.isDirectory()
        && CommonContext.isDriverActive(file, ALIVE_WITHIN_MS, message -> LOG.trace("{}", message));
  }

  /** The directory through which to reach a shard, if it lives on this host. */
  public static Optional<String> find(ShardEndpoint endpoint) {
    if (!endpoint.aeronDirectory().isEmpty() && isAlive(endpoint.aeronDirectory())) {
      return Optional.of(endpoint.aeronDirectory());
    }
    if (!endpoint.hasPort() || !isLocal(endpoint.host())) {
      return Optional.empty();
    }
    try {
      String directory = Files.readString(note(endpoint.port()));
      return isAlive(directory) ? Optional.of(directory) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Leaves the note for a shard of this process. */
  public static void announce(ShardEndpoint endpoint, String directory) {
    Path note = note(endpoint.port());
    Path draft = note.resolveSibling(note.getFileName() + "." + ProcessHandle.current().pid());
    try {
      Files.writeString(draft, directory);
      Files.move(draft, note, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes the note back. */
  public static void withdraw(ShardEndpoint endpoint) {
    try {
      Files.deleteIfExists(note(endpoint.port()));
    } catch (IOException e) {
      LOG.debug("note of {} stays: {}", endpoint, e.getMessage());
    }
  }

  private static Path note(int port) {
    return EmbeddedDriver.sharedMemory().resolve("headwater-port-" + port);
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
