package io.headwater.ps.security;

import java.util.Locale;
import java.util.Objects;

/**
 * One end of a challenge-response.
 *
 * @param id index of the worker or shard; 0 for the driver
 * @param incarnation grows with every start of that worker; tells starts of a shard or driver apart
 */
public record Peer(Role role, int id, long incarnation) {
  public Peer {
    Objects.requireNonNull(role, "role");
    if (id < 0) {
      throw new IllegalArgumentException("Cannot name " + role + " " + id + ": must be >= 0");
    }
  }

  @Override
  public String toString() {
    String name = role.name().toLowerCase(Locale.ROOT);
    return role == Role.DRIVER ? "the " + name : name + " " + id;
  }
}
