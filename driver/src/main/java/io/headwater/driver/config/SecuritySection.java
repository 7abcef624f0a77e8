package io.headwater.driver.config;

import io.headwater.ps.security.FrameMode;
import io.headwater.ps.security.RunSecurity;

/**
 * How frames between hosts are protected, see docs/security.md.
 *
 * @param secretFile path on every host; empty = none
 * @param secretEnvironment name of a variable in every process; empty = none
 * @param frames none, authenticate or encrypt
 */
public record SecuritySection(
    @Setting(
            value =
                "file with the run's secret, at least 16 bytes, on every host; readable for no"
                    + " other users",
            defaultValue = "")
        String secretFile,
    @Setting(
            value = "environment variable with the run's secret, in every process",
            defaultValue = "")
        String secretEnvironment,
    @Setting(
            value = "protection of frames between hosts: `none`, `authenticate` or `encrypt`",
            derived = "`encrypt` where a secret is given, else `none`")
        String frames) {
  public SecuritySection {
    protection(secretFile, secretEnvironment, frames);
  }

  /** As the parameter server takes it. */
  public RunSecurity protection() {
    return protection(secretFile, secretEnvironment, frames);
  }

  private static RunSecurity protection(String file, String environment, String frames) {
    return new RunSecurity(FrameMode.named(frames), file, environment);
  }
}
