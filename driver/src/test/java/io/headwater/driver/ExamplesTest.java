package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.driver.config.EmbeddingConfig;
import io.headwater.driver.config.EmbeddingConfigReader;
import io.headwater.driver.config.RunConfig;
import io.headwater.driver.config.RunConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The run files under examples/. */
class ExamplesTest {
  static List<Path> runFiles() throws IOException {
    try (Stream<Path> files =
        Files.walk(Path.of(System.getProperty("headwater.root"), "examples"))) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("runFiles")
  void everyRunFileIsAConfigurationOfItsName(Path file) {
    if (EmbeddingConfigReader.isAsked(Optional.of(file), List.of(), Map.of())) {
      EmbeddingConfig config = EmbeddingConfigReader.read(Optional.of(file), List.of(), Map.of());
      assertThat(file.getFileName()).hasToString(config.model().preset() + ".yaml");
      return;
    }
    RunConfig config = RunConfigReader.read(Optional.of(file), List.of(), Map.of());

    assertThat(file.getFileName()).hasToString(config.model().preset() + ".yaml");
    assertThat(config.training().batchSize() % config.training().microBatches()).isZero();
  }
}
