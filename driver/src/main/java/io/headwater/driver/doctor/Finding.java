package io.headwater.driver.doctor;

import java.util.Objects;

/**
 * What a check found.
 *
 * @param check what was looked at
 * @param found what it is like
 * @param advice what to do about it; empty if nothing
 */
public record Finding(String check, Level level, String found, String advice) {
  /** How grave it is. */
  public enum Level {
    OK,
    /** A run works, but slower or with less safety. */
    WARNING,
    /** A run would fail. */
    PROBLEM
  }

  public Finding {
    Objects.requireNonNull(check, "check");
    Objects.requireNonNull(level, "level");
    Objects.requireNonNull(found, "found");
    Objects.requireNonNull(advice, "advice");
  }

  static Finding ok(String check, String found) {
    return new Finding(check, Level.OK, found, "");
  }

  static Finding warning(String check, String found, String advice) {
    return new Finding(check, Level.WARNING, found, advice);
  }

  static Finding problem(String check, String found, String advice) {
    return new Finding(check, Level.PROBLEM, found, advice);
  }

  /** Nothing to do if it holds, else a problem. */
  static Finding required(boolean holds, String check, String found, String advice) {
    return holds ? ok(check, found) : problem(check, found, advice);
  }

  /** Nothing to do if it holds, else a warning. */
  static Finding desired(boolean holds, String check, String found, String advice) {
    return holds ? ok(check, found) : warning(check, found, advice);
  }
}
