package io.headwater.driver.doctor;

import io.headwater.checkpoint.UserException;
import io.headwater.model.Execution;
import io.headwater.model.ModelFamily;
import io.headwater.model.Pretrainable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The device that gradients are computed on: a tiny model is made there. */
final class DeviceCheck implements Check {
  private static final String PRESET = "gpt-nano";
  private static final int VOCABULARY = 65;
  private static final long LIMIT_SECONDS = 20;

  private final Execution execution;

  DeviceCheck(Execution execution) {
    this.execution = execution;
  }

  @Override
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    findings.add(graphicsCards());
    ModelFamily family = ModelFamily.ofPreset(PRESET);
    try (Pretrainable model = family.pretrainable(family.config(PRESET, VOCABULARY), execution)) {
      findings.add(
          Finding.ok(
              "device",
              execution.device()
                  + " computes in "
                  + execution.precision()
                  + ", LibTorch is there"));
    } catch (UserException | LinkageError e) {
      findings.add(
          Finding.problem(
              "device",
              String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString()),
              execution.device().equals("cpu")
                  ? "see that the native libraries of pytorch fit this machine (x86-64, glibc) and"
                      + " training.precision fits its processor"
                  : "install the driver, run the build of LibTorch for GPUs, or use"
                      + " training.device=cpu"));
    }
    return findings;
  }

  private Finding graphicsCards() {
    boolean needed = execution.device().startsWith("cuda");
    String advice =
        "install NVIDIA's driver; in a container, run with its runtime (nvidia.com/gpu)";
    try {
      Process process =
          new ProcessBuilder(
                  "nvidia-smi",
                  "--query-gpu=name,driver_version,memory.total",
                  "--format=csv,noheader")
              .redirectErrorStream(true)
              .start();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Finding.desired(!needed, "gpu", "nvidia-smi does not answer", advice);
      }
      String text =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      boolean found = process.exitValue() == 0 && !text.isEmpty();
      return Finding.required(
          found || !needed, "gpu", text.isEmpty() ? "none" : text.replace("\n", "; "), advice);
    } catch (IOException e) {
      return Finding.required(!needed, "gpu", "none (there is no nvidia-smi)", advice);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Finding.warning("gpu", "interrupted", advice);
    }
  }
}
