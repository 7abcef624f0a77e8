package io.headwater.ps.testing;

import io.headwater.ps.security.FrameMode;
import io.headwater.ps.security.RunSecurity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** How the frames of a test's processes are protected, as properties of these. */
public final class ProcessSecurity {
  private static final String FRAMES = "headwater.test.frames";
  private static final String SECRET = "headwater.test.secret";

  private ProcessSecurity() {}

  /** A secret of that name in a file of a folder. */
  public static RunSecurity in(Path folder, String name, FrameMode mode) {
    Path file = folder.resolve(name);
    try {
      Files.writeString(file, "the secret of " + name + "\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new RunSecurity(mode, file.toString(), "");
  }

  static List<String> properties(RunSecurity security) {
    return security.isOn()
        ? List.of(FRAMES + "=" + security.frames(), SECRET + "=" + security.secretFile())
        : List.of();
  }

  /** That of this process. */
  static RunSecurity ofThis() {
    String frames = System.getProperty(FRAMES, "none");
    return new RunSecurity(FrameMode.named(frames), System.getProperty(SECRET, ""), "");
  }
}
