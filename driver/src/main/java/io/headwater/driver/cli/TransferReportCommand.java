package io.headwater.driver.cli;

import io.headwater.driver.run.Progress;
import io.headwater.driver.transfer.TransferConfig;
import io.headwater.driver.transfer.TransferReport;
import io.headwater.driver.transfer.TransferRun;
import io.headwater.finetune.FineTuneSettings;
import io.headwater.finetune.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "transfer-report",
    description =
        "Compare a pretrained checkpoint with the same network from random weights, at several"
            + " shares of the labels and over several seeds. Epochs are those with all labels; a"
            + " share of them gets more, by the square root.",
    footer = {
      "",
      "Example:",
      "  headwater transfer-report --checkpoint run/step-00002000 --task classification --train"
          + " train.tsv --eval dev.tsv --output report"
    })
final class TransferReportCommand implements Callable<Integer> {
  @Option(names = "--checkpoint", required = true, description = "Pretrained checkpoint folder.")
  private String checkpoint;

  @Option(
      names = "--task",
      defaultValue = "classification",
      description = "As of finetune; default ${DEFAULT-VALUE}.")
  private String task;

  @Option(names = "--train", required = true, description = "Labelled file.")
  private String train;

  @Option(names = "--eval", required = true, description = "Labelled file to score on.")
  private String evaluation;

  @Option(names = "--output", required = true, description = "Folder of the report.")
  private Path directory;

  @Option(
      names = "--shares",
      split = ",",
      defaultValue = "1,5,10,50,100",
      description = "Per cent of the training examples; default ${DEFAULT-VALUE}.")
  private List<Double> shares;

  @Option(
      names = "--seeds",
      defaultValue = "3",
      description = "Runs of either kind at each share; default ${DEFAULT-VALUE}.")
  private int seeds;

  @Option(
      names = "--scratch-learning-rate",
      description =
          "Peak of the schedule, of random weights; --learning-rate is that of pretrained ones."
              + " Default that of finetune.")
  private Float scratchRate;

  @Mixin private DescentOptions descent;
  @Mixin private TaskOptions tasks;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    TransferConfig config =
        new TransferConfig(
            tasks.task(task),
            checkpoint,
            train,
            evaluation,
            tasks.columns(),
            shares.stream().map(share -> share / 100).toList(),
            seeds,
            descent.settings(FineTuneSettings.defaults(Method.FULL)),
            scratchRate == null
                ? FineTuneSettings.defaults(Method.SCRATCH).descent().learningRate()
                : scratchRate,
            directory);
    try (Progress progress = output.progress()) {
      TransferReport report = TransferRun.run(config, progress);
      progress.close();
      Table table = new Table(TransferReport.COLUMNS.toArray(String[]::new));
      report.rows().forEach(row -> table.add(row.toArray(String[]::new)));
      List<String> lines = new ArrayList<>(table.lines());
      lines.add(report.verdict());
      lines.add("Report: " + report.page());
      output.print(report.toJson(), lines);
    }
    return ExitCode.DONE;
  }
}
