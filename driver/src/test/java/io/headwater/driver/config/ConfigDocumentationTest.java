package io.headwater.driver.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigDocumentationTest {
  private static final Path ROOT = Path.of(System.getProperty("headwater.root"));

  /** With {@code -Dheadwater.write-docs=true} the page is written instead. */
  @Test
  void thePageIsThatOfTheRecords() throws IOException {
    Path page = ROOT.resolve("docs/config-properties.md");
    if (Boolean.getBoolean("headwater.write-docs")) {
      Files.writeString(page, ConfigDocumentation.markdown());
    }
    assertThat(page).hasContent(ConfigDocumentation.markdown());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-nano", "gpt-mini"})
  void theExamplesAreValid(String example) {
    Path file = ROOT.resolve("examples/" + example + ".yaml");
    RunConfig config = RunConfigReader.read(Optional.of(file), List.of(), Map.of());
    assertThat(config.model().preset()).isEqualTo(example);
  }
}
