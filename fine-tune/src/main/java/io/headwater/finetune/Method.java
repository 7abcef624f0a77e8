package io.headwater.finetune;

import io.headwater.checkpoint.UserException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What of the network is trained. */
public enum Method {
  /** All weights, from the checkpoint's. */
  FULL,
  /** Low-rank adapters of linear layers, and the head. */
  LORA,
  /** A linear head on the checkpoint's frozen features. */
  PROBE,
  /** All weights of the same network, from random ones: what the checkpoint is compared with. */
  SCRATCH;

  /** The method of a command line or a configuration file: {@code full}, {@code probe} ... */
  public static Method named(String name) {
    return Arrays.stream(values())
        .filter(method -> method.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "Cannot fine-tune with method '"
                        + name
                        + "': must be one of "
                        + Arrays.stream(values())
                            .map(Method::toString)
                            .collect(Collectors.joining(", "))));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
