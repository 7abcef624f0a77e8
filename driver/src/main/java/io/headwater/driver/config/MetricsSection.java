package io.headwater.driver.config;

/**
 * The Prometheus endpoint.
 *
 * @param port of {@code /metrics}; 0 = none
 */
public record MetricsSection(
    @Setting(value = "port that serves Prometheus metrics; 0 serves none", defaultValue = "0")
        int port) {
  public MetricsSection {
    Check.that("metrics.port", port, port >= 0 && port <= 65_535, "in [0, 65535]");
  }
}
