package io.headwater.deploy.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.deploy.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ChartReadmeTest {
  private static final String HEADING = "## Values\n\n";

  @Test
  void everyValueHasAComment() throws IOException {
    assertThat(ChartValues.all())
        .hasSizeGreaterThan(50)
        .allSatisfy(value -> assertThat(value.comment()).as(value.key()).isPresent());
  }

  /** With {@code -Dheadwater.write-docs=true} the table is written instead. */
  @Test
  void theTableIsThatOfTheValues() throws IOException {
    Path page = Repository.CHART.resolve("README.md");
    String text = Files.readString(page);
    int start = text.indexOf(HEADING) + HEADING.length();
    if (Boolean.getBoolean("headwater.write-docs")) {
      text = text.substring(0, start) + ChartValues.table();
      Files.writeString(page, text);
    }
    assertThat(text.substring(start)).isEqualTo(ChartValues.table());
  }
}
