package io.headwater.ps.security;

import io.headwater.checkpoint.UserException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Objects;

/**
 * How a run is protected on the network, and where its processes find the secret; the secret itself
 * is not in here, so that this may be sent and written.
 *
 * @param frames how frames are protected
 * @param secretFile path of the secret on each host; empty = not in a file
 * @param secretEnvironment variable that holds the secret in each process; empty = not there
 */
public record RunSecurity(FrameMode frames, String secretFile, String secretEnvironment)
    implements Serializable {
  /** Nothing is protected. */
  public static final RunSecurity NONE = new RunSecurity(FrameMode.NONE, "", "");

  public RunSecurity {
    Objects.requireNonNull(frames, "frames");
    Objects.requireNonNull(secretFile, "secretFile");
    Objects.requireNonNull(secretEnvironment, "secretEnvironment");
    if (!secretFile.isEmpty() && !secretEnvironment.isEmpty()) {
      throw new UserException(
          "Cannot use security.secret-file "
              + secretFile
              + ": security.secret-environment is given too; must be one of them");
    }
    boolean hasSecret = !secretFile.isEmpty() || !secretEnvironment.isEmpty();
    if (frames != FrameMode.NONE && !hasSecret) {
      throw new UserException(
          "Cannot use security.frames "
              + frames
              + ": there is no secret; give security.secret-file or security.secret-environment");
    }
    if (frames == FrameMode.NONE && hasSecret) {
      throw new UserException(
          "Cannot use security.frames none: a secret is given; must be authenticate or encrypt");
    }
  }

  public boolean isOn() {
    return frames != FrameMode.NONE;
  }

  /**
   * Reads the secret.
   *
   * @throws UserException if it cannot be read, could be guessed, or is readable for everyone
   */
  public RunSecret secret() {
    return secretFile.isEmpty()
        ? RunSecret.fromEnvironment(secretEnvironment, System.getenv())
        : RunSecret.fromFile(Path.of(secretFile));
  }
}
