package io.headwater.driver.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.config.ParameterServerSection;
import io.headwater.driver.config.RunConfigReader;
import io.headwater.driver.log.LogContext;
import io.headwater.driver.run.MetricsEndpoint;
import io.headwater.driver.run.Progress;
import io.headwater.ps.server.ParameterServer;
import io.headwater.ps.server.ParameterServerConfig;
import io.headwater.ps.server.RunOutcome;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "parameter-server",
    description = "Run one parameter shard, or a standby of one, as a process, until its run ends.",
    footer = {
      "",
      "The file's parameter-server.endpoints says where all shards are.",
      "",
      "Example:",
      "  headwater parameter-server --config run.yaml --shard 0",
      "  headwater parameter-server --config run.yaml --shard 0 --replica 1"
    })
final class ParameterServerCommand implements Callable<Integer> {
  @Option(names = "--shard", required = true, description = "Index of the shard, from 0.")
  private int shard;

  @Option(
      names = "--replica",
      defaultValue = "0",
      description = "Which of the shard's endpoints: 0, or 1 and up for its standbys.")
  private int replica;

  @Option(
      names = "--metrics-port",
      defaultValue = "0",
      description = "Serve Prometheus metrics, /-/healthy and /-/ready on this port.")
  private int metricsPort;

  @Mixin private ConfigOptions config;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws InterruptedException {
    Path file =
        config
            .file()
            .orElseThrow(() -> new UserException("Cannot start a shard: --config is not given"));
    RunConfigReader.readRunId(file, config.assignments()).ifPresent(LogContext::run);
    ParameterServerSection section =
        RunConfigReader.readParameterServer(file, config.assignments());
    if (!section.isRemote()) {
      throw new UserException(
          "Cannot start shard " + shard + ": parameter-server.endpoints is not given");
    }
    ParameterServerConfig server =
        ParameterServerConfig.of(section.shardEndpoints(), shard, replica)
            .securedBy(RunConfigReader.readSecurity(file, config.assignments()).protection());
    LogContext.shard(shard, replica);
    try (ParameterServer running = ParameterServer.start(server);
        MetricsEndpoint metrics = MetricsEndpoint.start(metricsPort);
        Progress progress = output.progress()) {
      metrics.serveProbes(running::isAlive, running::isReady);
      progress.say("Waiting for a run at " + server.hosted().get(0));
      RunOutcome outcome = running.awaitRunEnd();
      LogContext.step(outcome.step());
      if (!outcome.runId().isEmpty()) { // it has heard of a run
        LogContext.attempt(outcome.runId());
      }
      return end(outcome);
    }
  }

  private int end(RunOutcome outcome) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("status", outcome.failure().isEmpty() ? "succeeded" : "failed");
    object.put("run_id", outcome.runId());
    object.put("step", outcome.step());
    outcome.failure().ifPresent(reason -> object.put("error", reason));
    String line =
        "Run "
            + outcome.runId()
            + " ended at step "
            + outcome.step()
            + outcome.failure().map(reason -> ": " + reason).orElse("");
    output.print(object, List.of(line));
    return outcome.failure().isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
  }
}
