package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.driver.Launcher.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full before the last checkpoint is written. */
class FullDiskIT {
  private static final int STEPS = 12;
  private static final int EVERY = 4;
  private static final int PAGE = 4096;

  @TempDir Path folder;

  @Test
  void aRunThatFoundTheDiskFullResumesToTheBytesOfOneThatDidNot() throws Exception {
    Launcher headwater = new Launcher(folder);
    Result whole = headwater.run(arguments("whole"));
    assertThat(whole.exitCode()).as("%s", whole.err()).isZero();
    long checkpoint = size(folder.resolve("whole/step-00000012"));
    long needed = size(folder.resolve("whole"));

    try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), needed - checkpoint / 2)) {
      Result full = headwater.run(arguments("disk/run"));
      assertThat(full.exitCode()).as("%s", full.err()).isEqualTo(1);
      assertThat(full.err().get(full.err().size() - 1))
          .contains("Cannot write")
          .contains("No space left on device")
          .contains("disk/run");
      assertThat(full.err()).noneMatch(line -> line.startsWith("\tat "));
      assertThat(folder.resolve("disk/run/step-00000012/manifest.json")).doesNotExist();

      disk.resize(2 * needed);
      Result resumed = headwater.run(arguments("disk/run", "--resume"));
      assertThat(resumed.exitCode()).as("%s", resumed.err()).isZero();
      assertThat(Files.mismatch(weights("disk/run"), weights("whole"))).isEqualTo(-1);
    }
  }

  private Path weights(String output) {
    return folder.resolve(output).resolve("step-00000012/model.safetensors");
  }

  /** What a folder takes on a disk that gives files whole pages. */
  private static long size(Path folder) throws IOException {
    long pages = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        pages += (Files.size(file) + PAGE - 1) / PAGE;
      }
    }
    return pages * PAGE;
  }

  private static String[] arguments(String output, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "pretrain",
                "--model",
                "gpt-nano",
                "--corpus",
                Shakespeare.corpus().toString(),
                "--output",
                output,
                "--workers",
                "2",
                "--parameter-servers",
                "2",
                "--steps",
                Integer.toString(STEPS),
                "--set",
                "training.micro-batches=4",
                "--set",
                "training.batch-size=4",
                "--set",
                "checkpoint.every-steps=" + EVERY,
                "--set",
                "checkpoint.keep=0",
                "--json"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }
}
