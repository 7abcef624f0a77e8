package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who submitted a run in cluster mode reads there what its driver ended with. */
class ExitCodeFileTest {
  @TempDir private Path folder;

  @Test
  void aDriverThatIsDoneWritesZero() throws Exception {
    assertThat(run("version")).isZero();
    assertThat(folder.resolve("code")).content().isEqualTo("0\n");
  }

  @Test
  void aWrongCommandWritesTwo() throws Exception {
    assertThat(run("inspect", folder.resolve("nothing").toString())).isEqualTo(2);
    assertThat(folder.resolve("code")).content().isEqualTo("2\n");
  }

  private int run(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dheadwater.exit-code-file=" + folder.resolve("code"),
                "-cp",
                System.getProperty("java.class.path"),
                Headwater.class.getName()));
    command.addAll(List.of(arguments));
    Path output = folder.resolve("output");
    Process driver =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(driver.waitFor(60, TimeUnit.SECONDS)).as(Files.readString(output)).isTrue();
    return driver.exitValue();
  }
}
