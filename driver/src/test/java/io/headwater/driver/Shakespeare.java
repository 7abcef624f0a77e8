package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headwater.driver.Launcher.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The text of tinyshakespeare, and a corpus of its characters that is made once for all tests. */
final class Shakespeare {
  private static final Path TEXT =
      Path.of(System.getProperty("headwater.data"), "tinyshakespeare", "input.txt");

  private static Path corpus;

  private Shakespeare() {}

  /** The text; the test is skipped where it is not there. */
  static Path text() {
    assumeTrue(Files.exists(TEXT), "the text of tinyshakespeare is not there");
    return TEXT;
  }

  /** A corpus folder that is only read. */
  static synchronized Path corpus() throws IOException, InterruptedException {
    text();
    if (corpus == null) {
      Path folder = Files.createTempDirectory(Path.of("target"), "shakespeare").toAbsolutePath();
      ingest(folder.resolve("corpus"), 0.1);
      corpus = folder.resolve("corpus");
    }
    return corpus;
  }

  /** Makes a corpus whose validation split is that part of the text at its end. */
  static void ingest(Path output, double validationFraction)
      throws IOException, InterruptedException {
    Result result =
        new Launcher(output.getParent())
            .run(
                "ingest",
                "--input",
                text().toString(),
                "--tokenizer",
                "char",
                "--split",
                "tail",
                "--validation-fraction",
                Double.toString(validationFraction),
                "--output",
                output.toString());
    assertThat(result.exitCode()).as("%s", result.err()).isZero();
  }
}
