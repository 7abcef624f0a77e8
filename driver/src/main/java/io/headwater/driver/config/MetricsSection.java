package io.headwater.driver.config;

/**
 * The Prometheus endpoint and the status page.
 *
 * @param port of {@code /metrics} and the status page at the driver; 0 = none
 * @param address that it is bound to; empty = all of the machine's
 * @param workerPort of {@code /metrics} at each Spark executor; 0 = none
 * @param peakFlops of all devices of the run; 0 = not known
 */
public record MetricsSection(
    @Setting(
            value = "port that serves Prometheus metrics and the status page; 0 serves none",
            defaultValue = "0")
        int port,
    @Setting(
            value =
                "address that the driver's port is bound to, as `127.0.0.1`; empty: all addresses of"
                    + " the machine",
            defaultValue = "")
        String address,
    @Setting(
            value =
                "port at which every Spark executor serves those of its workers, the next free one of"
                    + " sixteen where several share a host; 0 serves none",
            defaultValue = "0")
        int workerPort,
    @Setting(
            value =
                "floating-point operations per second that all workers' devices could do together, as"
                    + " their maker says, as `3.12e14`; 0: utilization is not told",
            defaultValue = "0")
        double peakFlops) {
  public MetricsSection {
    Check.that("metrics.port", port, port >= 0 && port <= 65_535, "in [0, 65535]");
    Check.that(
        "metrics.worker-port",
        workerPort,
        workerPort >= 0 && workerPort <= 65_535,
        "in [0, 65535]");
    Check.that(
        "metrics.peak-flops", peakFlops, peakFlops >= 0 && Double.isFinite(peakFlops), ">= 0");
  }
}
