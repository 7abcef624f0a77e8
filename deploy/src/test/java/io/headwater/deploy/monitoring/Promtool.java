package io.headwater.deploy.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Prometheus's own checker. */
final class Promtool {
  private static final Path PROGRAM = Path.of("/usr/bin/promtool");

  private Promtool() {}

  /** Runs it; the test is skipped where it is not installed, and fails where it complains. */
  static void succeeds(String... arguments) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(PROGRAM), "Debian's package prometheus is not installed");
    List<String> command = new ArrayList<>(List.of(PROGRAM.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s", output).isZero();
  }
}
