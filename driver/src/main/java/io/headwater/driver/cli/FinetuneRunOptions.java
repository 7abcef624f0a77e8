package io.headwater.driver.cli;

import io.headwater.checkpoint.UserException;
import io.headwater.driver.config.MetricsSection;
import io.headwater.driver.config.RunSection;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Who a fine-tuning run is, and who may watch it. */
final class FinetuneRunOptions {
  @Option(names = "--run-id", description = "Name of the run; default: the last of --output.")
  private String id;

  @Option(
      names = "--run-directory",
      description =
          "Folder on this machine for run.json, metrics.jsonl, status.json and run.log; default:"
              + " --output with -run after it, or, if that is elsewhere, its last name with that.")
  private String directory;

  @Option(
      names = "--metrics-port",
      defaultValue = "0",
      description = "Serve Prometheus metrics and the status page on this port.")
  private int port;

  @Option(
      names = "--metrics-address",
      defaultValue = "",
      description = "Address that it is bound to; default: all of this machine.")
  private String address;

  MetricsSection metrics() {
    return new MetricsSection(port, address, 0, 0);
  }

  RunSection section(String output) {
    String path = output.replaceAll("/+$", "");
    if (path.isEmpty()) {
      throw new UserException("Cannot write a task model to '" + output + "'; name a folder");
    }
    String name = path.replaceAll("^.*[/:]", "");
    boolean local = !path.matches("[A-Za-z][A-Za-z0-9+.-]*:.*");
    return new RunSection(
        Optional.ofNullable(id).orElse(name.replaceAll("[^A-Za-z0-9._-]", "-")),
        Optional.ofNullable(directory).orElse((local ? path : name) + "-run"));
  }
}
