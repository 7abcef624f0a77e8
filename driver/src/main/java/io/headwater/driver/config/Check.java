package io.headwater.driver.config;

import io.headwater.checkpoint.UserException;

/** The checks that configuration records share; each names the key and what would be valid. */
final class Check {
  private Check() {}

  static void that(String key, Object value, boolean valid, String range) {
    if (!valid) {
      throw new UserException("Cannot use " + key + ": " + value + " (must be " + range + ")");
    }
  }

  static void text(String key, String value) {
    if (value == null || value.isBlank()) {
      throw new UserException("Cannot run: " + key + " is not given");
    }
  }
}
