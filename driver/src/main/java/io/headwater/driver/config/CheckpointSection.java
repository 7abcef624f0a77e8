package io.headwater.driver.config;

/**
 * When checkpoints are written and how many stay.
 *
 * @param everySteps 0 = only the last step
 * @param keep number of newest checkpoints that stay; 0 = all
 */
public record CheckpointSection(
    @Setting(
            value = "steps between two checkpoints; 0 writes the last step only",
            defaultValue = "500")
        long everySteps,
    @Setting(value = "newest checkpoints that stay; 0 keeps all", defaultValue = "3") int keep) {
  public CheckpointSection {
    Check.that("checkpoint.every-steps", everySteps, everySteps >= 0, ">= 0");
    Check.that("checkpoint.keep", keep, keep >= 0, ">= 0");
  }
}
