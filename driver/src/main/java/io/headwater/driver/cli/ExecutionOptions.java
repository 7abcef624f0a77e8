package io.headwater.driver.cli;

import io.headwater.model.Execution;
import io.headwater.model.Precision;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Where and how a model computes. */
final class ExecutionOptions {
  @Option(names = "--threads", description = "Math threads; default 1.")
  private Integer threads;

  @Option(names = "--device", description = "cpu or cuda:N; default cpu.")
  private String device;

  @Option(
      names = "--precision",
      description = "Of matrix products: fp32, bf16 or bf16-anywhere; default fp32.")
  private String precision;

  Execution execution() {
    return new Execution(device == null ? "cpu" : device, threads == null ? 1 : threads)
        .withPrecision(precision == null ? Precision.FP32 : Precision.named(precision));
  }

  boolean given() {
    return Stream.of(threads, device, precision).anyMatch(Objects::nonNull);
  }
}
