package io.headwater.driver.config;

/**
 * Who the run is.
 *
 * @param id names the run in logs, metrics and run.json
 * @param directory local folder of metrics.jsonl, run.json and run.log
 */
public record RunSection(
    @Setting(
            value = "name of the run in logs, metrics and run.json",
            derived = "the last name of `output`")
        String id,
    @Setting(
            value = "local folder of metrics.jsonl, run.json and run.log",
            derived = "`output`, or a folder named like the run where `output` is not local")
        String directory) {
  public RunSection {
    Check.that("run.id", id, id.matches("[A-Za-z0-9._-]{1,100}"), "1 to 100 of A-Z a-z 0-9 . _ -");
    Check.text("run.directory", directory);
  }
}
