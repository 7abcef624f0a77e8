package io.headwater.ps.security;

/** What was found out about a received frame. */
public enum FrameVerdict {
  /** Sent by a confirmed sender, for the first time. */
  GENUINE,
  /** Too short for a protected frame. */
  MALFORMED,
  /** Under a key that nobody confirmed here has. */
  FOREIGN,
  /** Names a known key, but was not made with it. */
  FORGED,
  /** Seen before, or too old to tell. */
  REPLAYED
}
