package io.headwater.ps.security;

import io.headwater.checkpoint.UserException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How frames between hosts are protected: the run-file key {@code security.frames}. */
public enum FrameMode {
  /** Not at all. */
  NONE,
  /** Forged, changed and replayed frames are refused; everyone on the network can read them. */
  AUTHENTICATE,
  /** As {@link #AUTHENTICATE}, and unreadable without the secret. */
  ENCRYPT;

  /** The mode of that name, in lower case. */
  public static FrameMode named(String name) {
    return Arrays.stream(values())
        .filter(mode -> mode.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "Cannot use security.frames "
                        + name
                        + ": must be one of "
                        + Arrays.stream(values())
                            .map(FrameMode::toString)
                            .collect(Collectors.joining(", "))));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
