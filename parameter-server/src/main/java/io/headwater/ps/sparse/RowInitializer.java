package io.headwater.ps.sparse;

import io.headwater.checkpoint.UserException;
import java.util.Objects;

/**
 * Distribution of a row's initial values.
 *
 * @param kind the family
 * @param scale UNIFORM: bound a of [-a, a); NORMAL: standard deviation; ZERO: 0
 */
public record RowInitializer(Kind kind, float scale) {
  /** Families of distributions. */
  public enum Kind {
    ZERO,
    UNIFORM,
    NORMAL
  }

  public RowInitializer {
    Objects.requireNonNull(kind, "kind");
    boolean valid = kind == Kind.ZERO ? scale == 0 : scale > 0 && Float.isFinite(scale);
    if (!valid) {
      throw new UserException(
          "Cannot initialise rows by "
              + kind
              + " of scale "
              + scale
              + ": must be "
              + (kind == Kind.ZERO ? "0" : "a finite number above 0"));
    }
  }

  public static RowInitializer zero() {
    return new RowInitializer(Kind.ZERO, 0);
  }

  /** Uniform in [-bound, bound). */
  public static RowInitializer uniform(float bound) {
    return new RowInitializer(Kind.UNIFORM, bound);
  }

  /** Normal around 0. */
  public static RowInitializer normal(float standardDeviation) {
    return new RowInitializer(Kind.NORMAL, standardDeviation);
  }
}
