package io.headwater.driver.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.config.EmbeddingConfigReader;
import io.headwater.driver.config.RunConfigReader;
import io.headwater.driver.doctor.Doctor;
import io.headwater.driver.doctor.EchoServer;
import io.headwater.driver.doctor.Finding;
import io.headwater.driver.doctor.Finding.Level;
import io.headwater.driver.doctor.RunNeeds;
import io.headwater.driver.run.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "doctor",
    description = "Look whether this machine, and the way to others, is fit for a run.",
    footer = {
      "",
      "Exit codes: 0 nothing stands in the way, 1 a run would fail.",
      "",
      "Example:",
      "  headwater doctor --config run.yaml",
      "  headwater doctor --serve 40999          on one machine, and on another:",
      "  headwater doctor --peer thatmachine:40999"
    })
final class DoctorCommand implements Callable<Integer> {
  @Option(names = "--output", description = "Folder to try; default: that of --config.")
  private String directory;

  @Option(
      names = "--peer",
      paramLabel = "HOST:PORT",
      description = "Exchange datagrams with a machine on which --serve runs; repeatable.")
  private List<String> peers = new ArrayList<>();

  @Option(
      names = "--serve",
      paramLabel = "PORT",
      description = "Answer other machines' doctors over UDP and TCP until stopped.")
  private Integer port;

  @Mixin private ConfigOptions config;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws InterruptedException {
    if (port != null) {
      return serve();
    }
    List<Finding> findings =
        Doctor.examine(
            new Doctor.Examination(
                run(), Optional.ofNullable(directory), peers.stream().map(this::peer).toList()));
    output.print(json(findings), lines(findings));
    return has(findings, Level.PROBLEM) ? ExitCode.FAILED : ExitCode.DONE;
  }

  private int serve() throws InterruptedException {
    try (EchoServer server = EchoServer.start(port);
        Progress progress = output.progress()) {
      progress.say("Answering on UDP and TCP port " + server.port() + " until stopped");
      new CountDownLatch(1).await();
      return ExitCode.DONE;
    }
  }

  private Optional<RunNeeds> run() {
    if (config.file().isEmpty() && config.assignments().isEmpty()) {
      return Optional.empty();
    }
    boolean words = EmbeddingConfigReader.isAsked(config.file(), config.assignments(), Map.of());
    return Optional.of(
        words
            ? RunNeeds.of(EmbeddingConfigReader.read(config.file(), config.assignments(), Map.of()))
            : RunNeeds.of(RunConfigReader.read(config.file(), config.assignments(), Map.of())));
  }

  private Doctor.Peer peer(String text) {
    int colon = text.lastIndexOf(':');
    String number = text.substring(colon + 1);
    if (colon < 1 || !number.matches("\\d{1,5}")) {
      throw new UserException("Cannot use --peer " + text + ": it must be host:port");
    }
    return new Doctor.Peer(text.substring(0, colon), Integer.parseInt(number));
  }

  private static boolean has(List<Finding> findings, Level level) {
    return findings.stream().anyMatch(finding -> finding.level() == level);
  }

  private static ObjectNode json(List<Finding> findings) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("status", has(findings, Level.PROBLEM) ? "problem" : "ok");
    ArrayNode array = json.putArray("findings");
    for (Finding finding : findings) {
      array
          .addObject()
          .put("check", finding.check())
          .put("level", finding.level().name().toLowerCase(Locale.ROOT))
          .put("found", finding.found())
          .put("advice", finding.advice());
    }
    return json;
  }

  private static List<String> lines(List<Finding> findings) {
    Table table = new Table("", "CHECK", "FOUND");
    for (Finding finding : findings) {
      String mark = finding.level() == Level.OK ? "ok" : finding.level().name();
      table.add(mark, finding.check(), finding.found());
      if (!finding.advice().isEmpty()) {
        table.add("", "", "-> " + finding.advice());
      }
    }
    return table.lines();
  }
}
