package io.headwater.ps.transport;

import io.headwater.checkpoint.FlatVector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.agrona.CloseHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * On one host a chunk need not travel: its writer leaves it here and sends its name only. That
 * spares the transport's window, whose advance waits for the media driver's next duty cycle, and a
 * copy on either side (docs/adr/0005).
 *
 * One process writes a vector, others read it. A frame that names a chunk is sent after the chunk
 * was written, and the transport orders the two; the writer does not touch the chunk again before
 * the protocol says that its readers are done.
 *
 * The owner holds a lock on the file for as long as it lives. A file without one was left by a
 * process that was killed, and goes when the next vector is made. A process never opens a file of
 * its own a second time: by POSIX, closing that would let go of the lock.
 */
/** A float32 vector in memory that the processes of one host share, known by a number. */
public final class SharedVector implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SharedVector.class);
  private static final String PREFIX = "headwater-vector-";
  private static final String DRAFT = ".draft";
  private static final int HEADER = 4096; // the vector starts on a page
  private static final long MAGIC = 0x3156_5244_4157_4548L; // "HEWADRV1"
  private static final int FILL = 1 << 20;
  private static final Set<StandardOpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);

  /** Those of this process, by number. */
  private static final ConcurrentMap<Integer, SharedVector> OWNED = new ConcurrentHashMap<>();

  private final int id;
  private final Path file;
  private final FileChannel ownerChannel; // null for a reader
  private final FlatVector vector;

  private SharedVector(int id, Path file, FileChannel ownerChannel, FlatVector vector) {
    this.id = id;
    this.file = file;
    this.ownerChannel = ownerChannel;
    this.vector = vector;
  }

  /**
   * Makes a vector of zeros, to be written by this process.
   *
   * @return empty if it cannot be shared: it is larger than one mapping, or shared memory is full
   */
  public static Optional<SharedVector> create(long elements) {
    long bytes = HEADER + Float.BYTES * elements;
    if (bytes > Integer.MAX_VALUE) {
      LOG.info("{} elements are too many for one shared mapping: chunks are copied", elements);
      return Optional.empty();
    }
    removeStale();
    int id = 1 + ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);
    Path draft = path(id).resolveSibling(path(id).getFileName() + DRAFT);
    try {
      FileChannel channel =
          FileChannel.open(
              draft,
              NEW,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try {
        channel.lock();
        fill(channel, bytes);
        ByteBuffer memory = map(channel, FileChannel.MapMode.READ_WRITE);
        memory.putLong(0, MAGIC);
        memory.putLong(Long.BYTES, elements);
        SharedVector made =
            new SharedVector(id, path(id), channel, FlatVector.over(memory, HEADER, elements));
        OWNED.put(id, made);
        Files.move(draft, path(id), StandardCopyOption.ATOMIC_MOVE);
        return Optional.of(made);
      } catch (IOException | RuntimeException e) {
        OWNED.remove(id);
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      LOG.info("no shared vector of {} bytes: {}; chunks are copied", bytes, e.getMessage());
      deleteQuietly(draft);
      return Optional.empty();
    }
  }

  /** Finds a vector to be read; empty if there is none of this size. */
  public static Optional<SharedVector> open(int id, long elements) {
    SharedVector own = OWNED.get(id);
    try {
      if (own != null) {
        return view(id, own.ownerChannel, elements);
      }
      try (FileChannel channel = FileChannel.open(path(id), StandardOpenOption.READ)) {
        return view(id, channel, elements);
      }
    } catch (IOException e) {
      LOG.debug("no shared vector {}: {}", id, e.getMessage());
      return Optional.empty();
    }
  }

  /** A mapping of the reader's own, which outlives the owner's. */
  private static Optional<SharedVector> view(int id, FileChannel channel, long elements)
      throws IOException {
    if (channel.size() != HEADER + Float.BYTES * elements) {
      return Optional.empty();
    }
    ByteBuffer memory = map(channel, FileChannel.MapMode.READ_ONLY);
    if (memory.getLong(0) != MAGIC || memory.getLong(Long.BYTES) != elements) {
      return Optional.empty();
    }
    return Optional.of(
        new SharedVector(id, path(id), null, FlatVector.over(memory, HEADER, elements)));
  }

  /** Above 0. */
  public int id() {
    return id;
  }

  /** The elements; a reader must not write them. */
  public FlatVector vector() {
    return vector;
  }

  @Override
  public void close() {
    vector.close();
    if (ownerChannel != null) {
      OWNED.remove(id);
      deleteQuietly(file);
      CloseHelper.quietClose(ownerChannel);
    }
  }

  // Memory that is only reserved would kill the process when it runs out: writing says so instead.
  private static void fill(FileChannel channel, long bytes) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect(FILL);
    for (long at = 0; at < bytes; at += zeros.limit()) {
      zeros.clear().limit((int) Math.min(FILL, bytes - at));
      while (zeros.hasRemaining()) {
        channel.write(zeros, at + zeros.position());
      }
    }
  }

  private static ByteBuffer map(FileChannel channel, FileChannel.MapMode mode) throws IOException {
    return channel.map(mode, 0, channel.size()).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static Path path(int id) {
    return EmbeddedDriver.sharedMemory().resolve(String.format("%s%08x", PREFIX, id));
  }

  private static void removeStale() {
    try (Stream<Path> entries = Files.list(EmbeddedDriver.sharedMemory())) {
      entries
          .filter(entry -> entry.getFileName().toString().startsWith(PREFIX))
          .filter(SharedVector::isStale)
          .forEach(SharedVector::deleteQuietly);
    } catch (IOException e) {
      LOG.debug("left-over shared vectors stay: {}", e.getMessage());
    }
  }

  private static boolean isStale(Path entry) {
    if (entry.toString().endsWith(DRAFT) || isOwn(entry)) {
      return false; // of a draft, its owner may not have come to lock it yet
    }
    try (FileChannel channel = FileChannel.open(entry, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // another thread of this process is looking at it, or has just made it
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isOwn(Path entry) {
    return OWNED.values().stream().anyMatch(own -> own.file.equals(entry));
  }

  private static void deleteQuietly(Path entry) {
    try {
      Files.deleteIfExists(entry);
    } catch (IOException e) {
      LOG.debug("{} stays: {}", entry, e.getMessage());
    }
  }
}
