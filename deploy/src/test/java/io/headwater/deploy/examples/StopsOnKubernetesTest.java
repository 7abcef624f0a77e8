package io.headwater.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.deploy.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * SIGTERM to the example for Kubernetes. A process of this machine stands for the driver's pod, and
 * kubectl runs a command beside it where there is no program but bash, as in the image.
 */
class StopsOnKubernetesTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Ends with 0 whatever its driver ends with, as spark-submit does. */
  private static final String SPARK_SUBMIT =
      """
      #!/usr/bin/env bash
      sleep 60 &
      trap "kill $!; echo 3 >'%1$s/code'; exit 0" TERM
      echo $$ >'%1$s/driver'
      wait
      """;

  /** The first command finds no container: it is being started. */
  private static final String KUBECTL =
      """
      #!/usr/bin/env bash
      case "$3" in
        get) cat '%1$s/code' 2>/dev/null || true ;;
        exec)
          if mkdir '%1$s/started' 2>/dev/null; then
            echo 'unable to upgrade connection: container not found' >&2
            exit 1
          fi
          shift 5
          exec env -i PATH='%1$s/image' "${@/TERM 1/TERM $(cat '%1$s/driver')}"
          ;;
      esac
      """;

  @TempDir private Path folder;

  @Test
  void aSignalReachesTheDriverAndOneThatDoesNotIsTold() throws Exception {
    Path image = Files.createDirectory(folder.resolve("image"));
    script(image.resolve("bash"), "#!/bin/bash\nexec /bin/bash \"$@\"\n");
    Path output = folder.resolve("output");
    Process submit = submit(SPARK_SUBMIT, output);
    awaitText(folder.resolve("driver"), "\n", submit);

    submit.destroy(); // SIGTERM
    awaitText(output, "Cannot stop driver gpt-driver-", submit);
    assertThat(folder.resolve("code")).doesNotExist();
    submit.destroy();

    assertThat(submit.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(submit.exitValue()).as(Files.readString(output)).isEqualTo(3);
    assertThat(output).content().contains("asked driver gpt-driver-", "ended with 3");
  }

  /** Whatever spark-submit ends with: it may lose its connection, or not look at the driver. */
  @ParameterizedTest
  @CsvSource({"0, 1", "0, 0", "1, 0", "2, 0"})
  void theScriptEndsAsTheDriverDoes(int driver, int sparkSubmit) throws Exception {
    Path output = folder.resolve("output");
    Files.writeString(folder.resolve("code"), Integer.toString(driver));
    Process submit = submit("#!/usr/bin/env bash\nexit " + sparkSubmit + "\n", output);
    assertThat(submit.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(submit.exitValue()).as(Files.readString(output)).isEqualTo(driver);
  }

  private Process submit(String sparkSubmit, Path output) throws IOException {
    Path bin = Files.createDirectory(folder.resolve("bin"));
    script(bin.resolve("spark-submit"), sparkSubmit);
    script(bin.resolve("kubectl"), KUBECTL);
    ProcessBuilder builder =
        new ProcessBuilder(Repository.ROOT.resolve("deploy/examples/spark-submit.sh").toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("API", "https://kubernetes.example.com:6443");
    builder.environment().put("IMAGE", "registry.example.com/headwater:0.1.0");
    builder.environment().merge("PATH", bin.toString(), (path, own) -> own + ":" + path);
    return builder.start();
  }

  private void script(Path file, String text) throws IOException {
    Files.writeString(file, text.formatted(folder));
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private static void awaitText(Path file, String text, Process process) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!Files.exists(file) || !Files.readString(file).contains(text)) {
      assertThat(System.nanoTime()).as("%s says '%s'", file, text).isLessThan(end);
      assertThat(process.waitFor(50, TimeUnit.MILLISECONDS)).as("it goes on").isFalse();
    }
  }
}
