package io.headwater.driver.config;

/**
 * The Prometheus endpoint.
 *
 * @param port of {@code /metrics} at the driver; 0 = none
 * @param workerPort of {@code /metrics} at each Spark executor; 0 = none
 */
public record MetricsSection(
    @Setting(value = "port that serves Prometheus metrics; 0 serves none", defaultValue = "0")
        int port,
    @Setting(
            value =
                "port at which every Spark executor serves those of its workers, one executor a"
                    + " host; 0 serves none",
            defaultValue = "0")
        int workerPort) {
  public MetricsSection {
    Check.that("metrics.port", port, port >= 0 && port <= 65_535, "in [0, 65535]");
    Check.that(
        "metrics.worker-port",
        workerPort,
        workerPort >= 0 && workerPort <= 65_535,
        "in [0, 65535]");
  }
}
