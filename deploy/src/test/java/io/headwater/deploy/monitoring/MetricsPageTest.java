package io.headwater.deploy.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.deploy.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MetricsPageTest {
  @Test
  void thePageListsExactlyTheMetricsOfTheCode() throws IOException {
    Set<String> known = KnownMetrics.ofTheCode();
    assertThat(known).hasSizeGreaterThan(30);
    String page = Files.readString(Repository.ROOT.resolve("docs/metrics.md"));
    assertThat(KnownMetrics.in(page)).isEqualTo(known);
  }
}
