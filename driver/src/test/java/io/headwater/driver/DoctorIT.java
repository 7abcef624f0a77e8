package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.driver.Launcher.Result;
import io.headwater.driver.Launcher.Running;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as operators run it. */
class DoctorIT {
  private static final Pattern PORT = Pattern.compile("TCP port (\\d+) until");

  @TempDir Path folder;

  @Test
  void twoMachinesFindTheWayToEachOtherForARunThatWouldWork() throws Exception {
    Launcher headwater = new Launcher(folder);
    Running peer = headwater.start("doctor", "--serve", "0");
    try {
      String address = "127.0.0.1:" + port(peer);
      Result result =
          headwater.run(
              "doctor",
              "--config",
              config(Shakespeare.corpus()).toString(),
              "--peer",
              address,
              "--json");

      assertThat(result.exitCode()).as("%s %s", result.out(), result.err()).isZero();
      assertThat(result.json().path("status").asText()).isEqualTo("ok");
      assertThat(finding(result, "tcp to " + address).path("level").asText()).isEqualTo("ok");
      assertThat(finding(result, "udp to " + address).path("found").asText())
          .startsWith("20 of 20 datagrams");
      // 128 MiB of logs, and 809,856 numbers of each of two workers.
      assertThat(finding(result, "shared memory").path("found").asText())
          .endsWith("a run here needs 134");
      assertThat(folder.resolve("run")).doesNotExist();
    } finally {
      peer.process().destroy();
    }
    assertThat(peer.await().exitCode()).as("ended by SIGTERM").isEqualTo(143);
  }

  @Test
  void aVirtualMachineWithoutItsFlagsIsAProblemAndEndsWithOne() throws Exception {
    Path out = folder.resolve("out");
    Process bare =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                Headwater.class.getName(),
                "doctor")
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .redirectInput(new File("/dev/null"))
            .start();

    assertThat(bare.waitFor()).as("%s", Files.readString(out)).isEqualTo(1);
    List<String> lines = Files.readAllLines(out);
    assertThat(lines)
        .anyMatch(
            line ->
                line.matches("PROBLEM +java flags +missing .*--add-modules=jdk.incubator.vector.*"))
        .anyMatch(line -> line.contains("-> start by the launcher `headwater`"));
  }

  /** Waits until it answers. */
  private static int port(Running peer) throws Exception {
    peer.awaitLine(peer.err(), 1);
    while (true) {
      Matcher said = PORT.matcher(Files.readString(peer.err()));
      if (said.find()) {
        return Integer.parseInt(said.group(1));
      }
      assertThat(peer.process().waitFor(20, TimeUnit.MILLISECONDS)).isFalse();
    }
  }

  private static JsonNode finding(Result result, String check) throws IOException {
    for (JsonNode finding : result.json().path("findings")) {
      if (finding.path("check").asText().equals(check)) {
        return finding;
      }
    }
    throw new AssertionError("no finding of " + check + ": " + result.out());
  }

  private Path config(Path corpus) throws IOException {
    return Files.writeString(
        folder.resolve("run.yaml"),
        """
        corpus: %s
        output: %s
        model:
          preset: gpt-nano
        training:
          workers: 2
        """
            .formatted(corpus, folder.resolve("run")));
  }
}
