package io.headwater.ps.transport;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.driver.media.ReceiveChannelEndpoint;
import io.headwater.checkpoint.UserException;
import io.headwater.ps.PsMetrics;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.protocol.ParameterServerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.agrona.IoUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An Aeron media driver in this process, on one thread, in a directory of its own in shared memory
 * that goes with it.
 *
 * <p>The directory carries the process id, so that what a killed process left is found and removed
 * by the next one that starts.
 */
public final class EmbeddedDriver implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDriver.class);
  private static final String PREFIX = "headwater-driver-";
  private static final AtomicInteger COUNTER = new AtomicInteger();
  private static final int SOCKET_BUFFER = 4 << 20; // takes two publishers' windows
  private static final int IPC_TERM = 1 << 20; // small: a term stays in the second-level cache
  private static final int UDP_TERM = 4 << 20;

  private static final AtomicBoolean WARNED = new AtomicBoolean();

  private final MediaDriver driver;

  private EmbeddedDriver(MediaDriver driver) {
    this.driver = driver;
    AeronCounters.follow(driver);
  }

  /**
   * Starts one.
   *
   * @throws UserException if {@value ChosenPorts#RANGE} is no range of ports
   */
  public static EmbeddedDriver launch() {
    return launch(offload(), ChosenPorts.ofThisProcess().orElse(null));
  }

  /**
   * @param offload null: datagrams are sent and received one by one
   * @param ports null: the kernel chooses those that do not matter
   */
  static EmbeddedDriver launch(SocketOffload offload, ChosenPorts ports) {
    removeStale();
    long pid = ProcessHandle.current().pid();
    Path directory = sharedMemory().resolve(PREFIX + pid + "-" + COUNTER.incrementAndGet());
    int socketBuffer = grantedSocketBuffer();
    try {
      return new EmbeddedDriver(
          MediaDriver.launch(
              new MediaDriver.Context()
                  .aeronDirectoryName(directory.toString())
                  .dirDeleteOnStart(true)
                  .dirDeleteOnShutdown(true)
                  .threadingMode(ThreadingMode.SHARED)
                  .sharedIdleStrategy(IdleStrategies.forDriver())
                  .ipcMtuLength(ChunkSize.LOOPBACK_MTU)
                  .mtuLength(ChunkSize.ETHERNET_MTU)
                  .ipcTermBufferLength(IPC_TERM)
                  .publicationTermBufferLength(UDP_TERM)
                  .socketRcvbufLength(socketBuffer)
                  .socketSndbufLength(socketBuffer)
                  .senderPortManager(ports)
                  .receiverPortManager(ports)
                  .initialWindowLength(Math.min(socketBuffer, UDP_TERM / 2))
                  .sendChannelEndpointSupplier(
                      (channel, status, context) -> {
                        warnOfSmallBuffers(socketBuffer);
                        return new SegmentingSendEndpoint(channel, status, context, offload);
                      })
                  .receiveChannelEndpointSupplier(
                      (channel, dispatcher, status, context) ->
                          offload == null
                              ? new ReceiveChannelEndpoint(channel, dispatcher, status, context)
                              : new CoalescingReceiveEndpoint(
                                  channel, dispatcher, status, context, offload))
                  .errorHandler(e -> LOG.warn("media driver: {}", e.getMessage()))));
    } catch (RuntimeException e) {
      throw new ParameterServerException(
          "Cannot start the media driver in " + directory + ": " + e.getMessage(), e);
    }
  }

  public String directory() {
    return driver.aeronDirectoryName();
  }

  @Override
  public void close() {
    AeronCounters.leave(driver);
    driver.close();
  }

  /** Where directories that processes share belong. */
  static Path sharedMemory() {
    Path linux = Path.of("/dev/shm");
    return Files.isWritable(linux) ? linux : Path.of(System.getProperty("java.io.tmpdir"));
  }

  private static void removeStale() {
    try (Stream<Path> entries = Files.list(sharedMemory())) {
      entries.filter(EmbeddedDriver::isStale).forEach(path -> IoUtil.delete(path.toFile(), true));
    } catch (IOException e) {
      LOG.debug("left-over media drivers stay: {}", e.getMessage());
    }
    LocalDrivers.removeStaleNotes();
  }

  private static boolean isStale(Path path) {
    String name = path.getFileName().toString();
    if (!name.startsWith(PREFIX)) {
      return false;
    }
    String[] parts = name.substring(PREFIX.length()).split("-", 2);
    try {
      return ProcessHandle.of(Long.parseLong(parts[0])).isEmpty()
          && !LocalDrivers.isAlive(path.toString());
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** Why datagrams are sent and received one by one; empty if the kernel takes many at once. */
  public static Optional<String> whySingleDatagrams() {
    try {
      SocketOffload.ofThisMachine();
      return Optional.empty();
    } catch (SocketOffload.UnavailableException e) {
      return Optional.of(e.getMessage());
    }
  }

  private static SocketOffload offload() {
    try {
      return SocketOffload.ofThisMachine();
    } catch (SocketOffload.UnavailableException e) {
      LOG.info("Datagrams are sent and received one by one: {}", e.getMessage());
      return null;
    }
  }

  // The kernel caps what a socket may ask for, and Aeron refuses a window above what it got.
  private static int grantedSocketBuffer() {
    try (DatagramChannel channel = DatagramChannel.open()) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
      channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER);
      int granted =
          Math.min(
              SOCKET_BUFFER,
              Math.min(
                  channel.getOption(StandardSocketOptions.SO_RCVBUF),
                  channel.getOption(StandardSocketOptions.SO_SNDBUF)));
      PsMetrics.socketBuffer(SOCKET_BUFFER, granted);
      return granted;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Once, and not where all goes through shared memory. */
  private static void warnOfSmallBuffers(int granted) {
    if (granted < SOCKET_BUFFER && WARNED.compareAndSet(false, true)) {
      LOG.warn(
          "The kernel grants sockets {} bytes of buffer of the {} asked for, so that more datagrams"
              + " get lost; net.core.rmem_max and net.core.wmem_max allow more",
          granted,
          SOCKET_BUFFER);
    }
  }
}
