package io.headwater.ps.security;

import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * What all processes of a run know and nobody else does. Never written, logged or sent; {@link
 * #toString} does not show it.
 */
public final class RunSecret {
  /** Fewer bytes could be guessed. */
  public static final int MIN_BYTES = 16;

  private static final int MAX_BYTES = 4096;

  private final byte[] bytes;

  private RunSecret(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * The content of a file, without line ends at its end.
   *
   * @throws UserException if users other than the owner and the group may read or write the file,
   *     or if it holds too little
   */
  public static RunSecret fromFile(Path file) {
    String what = "file " + file;
    try (InputStream in = Files.newInputStream(file)) {
      Set<PosixFilePermission> granted = Files.getPosixFilePermissions(file);
      if (granted.contains(PosixFilePermission.OTHERS_READ)
          || granted.contains(PosixFilePermission.OTHERS_WRITE)) {
        throw new UserException(
            "Cannot use the run's secret in "
                + what
                + ": its permissions "
                + PosixFilePermissions.toString(granted)
                + " let every user read or write it; chmod 600 keeps it private");
      }
      byte[] content = in.readNBytes(MAX_BYTES + 1);
      return checked(Arrays.copyOf(content, withoutLineEnds(content)), what);
    } catch (NoSuchFileException e) {
      throw new UserException("Cannot read the run's secret from " + what + ": no such file", e);
    } catch (IOException | UnsupportedOperationException e) {
      throw new UserException(
          "Cannot read the run's secret from " + what + ": " + e.getMessage(), e);
    }
  }

  /** The UTF-8 bytes of a variable of the environment. */
  public static RunSecret fromEnvironment(String variable, Map<String, String> environment) {
    String value = environment.get(variable);
    if (value == null) {
      throw new UserException(
          "Cannot read the run's secret from environment variable " + variable + ": it is not set");
    }
    return checked(value.getBytes(StandardCharsets.UTF_8), "environment variable " + variable);
  }

  private static RunSecret checked(byte[] bytes, String what) {
    if (bytes.length < MIN_BYTES || bytes.length > MAX_BYTES) {
      throw new UserException(
          "Cannot use the run's secret in "
              + what
              + ": it has "
              + (bytes.length > MAX_BYTES ? "more than " + MAX_BYTES : bytes.length)
              + " bytes; must be "
              + MIN_BYTES
              + " to "
              + MAX_BYTES
              + " (openssl rand -hex 32 makes a good one)");
    }
    return new RunSecret(bytes);
  }

  private static int withoutLineEnds(byte[] content) {
    int length = content.length;
    while (length > 0 && (content[length - 1] == '\n' || content[length - 1] == '\r')) {
      length--;
    }
    return length;
  }

  /** HKDF's first half: a pseudorandom key from this secret and a salt. */
  byte[] extract(byte[] salt) {
    return Hkdf.extract(salt, bytes);
  }

  @Override
  public String toString() {
    return "RunSecret[" + bytes.length + " bytes]";
  }
}
