package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A file system of a given size in memory. Only for root. */
final class SmallDisk implements AutoCloseable {
  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /** Mounts one on a new folder; the test is skipped where that is not allowed. */
  static SmallDisk mount(Path folder, long bytes) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    assumeTrue(
        succeeds("mount", "-t", "tmpfs", "-o", "size=" + bytes, "headwater", folder.toString()),
        "this user may not mount a small file system");
    return new SmallDisk(folder);
  }

  /** Changes the size, and leaves what is there. */
  void resize(long bytes) throws IOException, InterruptedException {
    assertThat(succeeds("mount", "-o", "remount,size=" + bytes, folder.toString())).isTrue();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    assertThat(succeeds("umount", folder.toString())).isTrue();
  }

  private static boolean succeeds(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
  }
}
