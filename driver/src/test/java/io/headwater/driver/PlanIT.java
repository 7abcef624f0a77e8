package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.driver.Launcher.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plan against the run that it was made for. */
class PlanIT {
  /** On a machine that others use too; the prediction itself is within a third when it is idle. */
  private static final double TOLERANCE = 5;

  @TempDir Path folder;

  @Test
  void aPlanComesNearTheRunAndWritesNothing() throws Exception {
    Launcher headwater = new Launcher(folder);
    Path config = config(Shakespeare.corpus().toString());

    Result plan = headwater.run("plan", "--config", config.toString(), "--json");
    assertThat(plan.exitCode()).as("%s", plan.err()).isZero();
    assertThat(folder.resolve("run")).doesNotExist();
    Result run = headwater.run("pretrain", "--config", config.toString(), "--json");
    assertThat(run.exitCode()).as("%s", run.err()).isZero();

    JsonNode planned = plan.json();
    assertThat(planned.path("parameters").asLong()).isEqualTo(809_856);
    assertThat(planned.path("tokens_per_step").asLong())
        .isEqualTo(run.json().path("tokens").asLong() / run.json().path("steps").asLong());
    double ratio =
        planned.path("tokens_per_second").asDouble()
            / run.json().path("tokens_per_second").asDouble();
    assertThat(ratio).isBetween(1 / TOLERANCE, TOLERANCE);
    long checkpoint =
        Files.size(folder.resolve("run/step-00000060/model.safetensors"))
            + sizes(folder.resolve("run/step-00000060/training"));
    assertThat(planned.path("checkpoint_bytes").asDouble() / checkpoint).isBetween(0.9, 1.1);
  }

  @Test
  void whatCannotWorkIsRefusedInOneLine() throws Exception {
    Path config = config(Shakespeare.corpus().toString());

    assertRefused("Cannot hold a worker", config, "--worker-memory", "64m");
    assertRefused("Cannot hold a shard", config, "--shard-memory", "64m");
    assertRefused("nowhere", config("nowhere"));
    assertRefused("--network-gbit", config, "--network-gbit", "0");
    assertRefused("training.micro-batches", config, "--set", "training.workers=8");
  }

  private void assertRefused(String named, Path config, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("plan", "--config", config.toString()));
    arguments.addAll(List.of(more));
    Result result = new Launcher(folder).run(arguments.toArray(String[]::new));
    assertThat(result.exitCode()).as("%s", result.err()).isEqualTo(2);
    assertThat(result.err()).singleElement().asString().contains(named);
    assertThat(result.out()).isEmpty();
  }

  private static long sizes(Path directory) throws Exception {
    long all = 0;
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        all += Files.size(file);
      }
    }
    return all;
  }

  private Path config(String corpus) throws Exception {
    return Files.writeString(
        folder.resolve("run.yaml"),
        """
        corpus: %s
        output: %s
        model:
          preset: gpt-nano
        training:
          steps: 60
          workers: 2
          micro-batches: 4
        parameter-server:
          shards: 2
        """
            .formatted(corpus, folder.resolve("run")));
  }
}
