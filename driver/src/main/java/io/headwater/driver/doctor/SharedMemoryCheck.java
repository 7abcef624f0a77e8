package io.headwater.driver.doctor;

import io.headwater.driver.plan.SharedMemoryNeed;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The folder in which Aeron and the workers of a host exchange chunks. */
final class SharedMemoryCheck implements Check {
  private static final String NAME = "shared memory";
  private static final long MIB = 1 << 20;

  private final Path folder;
  private final SharedMemoryNeed need;

  SharedMemoryCheck(Path folder, SharedMemoryNeed need) {
    this.folder = folder;
    this.need = need;
  }

  @Override
  public List<Finding> findings() {
    if (!Files.isWritable(folder)) {
      return List.of(
          Finding.warning(
              NAME,
              folder + " cannot be written",
              "mount a tmpfs there: without it chunks lie on the disk of java.io.tmpdir"));
    }
    try {
      FileStore store = Files.getFileStore(folder);
      return List.of(
          Finding.required(
              store.getUsableSpace() >= need.bytes(),
              NAME,
              "%s has %,d MiB free of %,d, a run here needs %,d%s"
                  .formatted(
                      folder,
                      store.getUsableSpace() / MIB,
                      store.getTotalSpace() / MIB,
                      need.bytes() / MIB,
                      need.known() ? "" : " and room for vectors: there is no corpus to know them"),
              "make it larger (container: --shm-size, or an emptyDir of medium Memory): a process"
                  + " that writes beyond it dies of SIGBUS"));
    } catch (IOException e) {
      return List.of(Finding.problem(NAME, e.toString(), "see that " + folder + " is a tmpfs"));
    }
  }
}
