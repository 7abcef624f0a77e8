package io.headwater.ps.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunSecretTest {
  private static final String SECRET = "correct horse battery";

  @TempDir Path folder;

  private Path file(String content, String permissions) throws IOException {
    Path file = Files.writeString(folder.resolve("secret"), content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  @ParameterizedTest
  @ValueSource(strings = {"r--------", "rw-------", "r--r-----"})
  void readsAFileThatOthersCannot(String permissions) throws IOException {
    RunSecret secret = RunSecret.fromFile(file(SECRET + "\n", permissions));
    RunSecret same = RunSecret.fromEnvironment("S", Map.of("S", SECRET));
    assertThat(secret.extract(new byte[1])).isEqualTo(same.extract(new byte[1]));
    assertThat(secret.toString()).doesNotContain(SECRET);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw----r--", "rw-----w-"})
  void refusesAFileThatOthersCanReadOrWrite(String permissions) throws IOException {
    Path file = file(SECRET, permissions);
    assertThatThrownBy(() -> RunSecret.fromFile(file))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot use the run's secret in file " + file)
        .hasMessageContaining(permissions)
        .hasMessageContaining("chmod 600")
        .hasMessageNotContaining(SECRET);
  }

  @Test
  void refusesWhatCouldBeGuessed() throws IOException {
    Path file = file("fifteen bytes..\n", "rw-------");
    assertThatThrownBy(() -> RunSecret.fromFile(file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("it has 15 bytes; must be 16 to 4096");
    assertThatThrownBy(() -> RunSecret.fromEnvironment("S", Map.of("S", "short")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("environment variable S: it has 5 bytes");
  }

  @Test
  void refusesWhatNobodyWouldTypeAsASecret() throws IOException {
    Path file = file("x".repeat(5000), "rw-------");
    assertThatThrownBy(() -> RunSecret.fromFile(file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("more than 4096 bytes");
  }

  @Test
  void namesWhatIsMissing() {
    Path file = folder.resolve("absent");
    assertThatThrownBy(() -> RunSecret.fromFile(file))
        .isInstanceOf(UserException.class)
        .hasMessage("Cannot read the run's secret from file " + file + ": no such file");
    assertThatThrownBy(() -> RunSecret.fromEnvironment("S", Map.of()))
        .isInstanceOf(UserException.class)
        .hasMessage("Cannot read the run's secret from environment variable S: it is not set");
  }
}
