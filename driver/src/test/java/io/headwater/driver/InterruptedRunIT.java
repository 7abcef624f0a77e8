package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.driver.Launcher.Result;
import io.headwater.driver.Launcher.Running;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is asked to end by SIGTERM, and goes on later. */
class InterruptedRunIT {
  private static final int STEPS = 200;

  @TempDir Path folder;

  @Test
  void aRunThatWasAskedToEndResumesToTheBytesOfOneThatWasNot() throws Exception {
    Launcher headwater = new Launcher(folder);
    Running run = headwater.start(arguments("stopped", 2));
    run.awaitFile(folder.resolve("stopped/step-00000050/manifest.json"));
    run.process().destroy();

    Result stopped = run.await();
    assertThat(stopped.exitCode()).as("%s", stopped.err()).isEqualTo(3);
    assertThat(stopped.json().path("status").asText()).isEqualTo("stopped");
    int step = stopped.json().path("steps").asInt();
    assertThat(step).isBetween(50, STEPS - 1);
    assertThat(weights("stopped", step)).exists();

    Result resumed = headwater.run(arguments("stopped", 3, "--resume"));
    Result whole = headwater.run(arguments("whole", 1));

    assertThat(resumed.exitCode()).as("%s", resumed.err()).isZero();
    assertThat(whole.exitCode()).as("%s", whole.err()).isZero();
    long tokens = whole.json().path("tokens").asLong();
    assertThat(tokens).isEqualTo(STEPS * 6L * 64);
    assertThat(resumed.json().path("tokens").asLong()).isEqualTo(tokens);
    assertThat(Files.mismatch(weights("stopped", STEPS), weights("whole", STEPS))).isEqualTo(-1);
  }

  private Path weights(String output, int step) {
    return folder.resolve("%s/step-%08d/model.safetensors".formatted(output, step));
  }

  private static String[] arguments(String output, int workers, String... more) throws Exception {
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
                Integer.toString(workers),
                "--parameter-servers",
                Integer.toString(workers),
                "--steps",
                Integer.toString(STEPS),
                "--set",
                "training.batch-size=6",
                "--set",
                "training.micro-batches=6",
                "--set",
                "checkpoint.every-steps=50",
                "--json"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }
}
