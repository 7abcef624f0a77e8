package io.headwater.ps.protocol;

/** The 64 bits by which frames name their run. */
public final class RunKey {
  private RunKey() {}

  public static long of(String runId) {
    return Checksum.of(runId);
  }
}
