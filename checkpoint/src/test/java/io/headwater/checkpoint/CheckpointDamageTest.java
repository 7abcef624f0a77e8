package io.headwater.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointDamageTest {
  @TempDir Path output;
  private Path folder;
  private List<Path> files;

  @BeforeEach
  void writeOne() throws IOException {
    Models.writeByShards(output.toString(), Models.LAYOUT, 1, 2);
    folder = output.resolve("step-00000001");
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    assertThat(files).hasSize(7);
  }

  @Test
  void refusesAFlippedBitAtAnyPositionOfAnyFileAndNamesTheFile() throws IOException {
    for (Path file : files) {
      byte[] sound = Files.readAllBytes(file);
      for (int position = 0; position < sound.length; position++) {
        byte[] damaged = sound.clone();
        damaged[position] ^= (byte) (1 << (position % 8));
        Files.write(file, damaged);
        assertRefused(file, "bit flipped in byte " + position);
      }
      Files.write(file, sound);
    }
  }

  @Test
  void refusesAFileCutShortAtAnyLengthAndNamesIt() throws IOException {
    for (Path file : files) {
      byte[] sound = Files.readAllBytes(file);
      for (int length = 0; length < sound.length; length++) {
        Files.write(file, Arrays.copyOf(sound, length));
        assertRefused(file, "cut to " + length);
      }
      Files.write(file, sound);
    }
  }

  @Test
  void refusesAMissingFileAndNamesIt() throws IOException {
    for (Path file : files) {
      byte[] sound = Files.readAllBytes(file);
      Files.delete(file);
      assertRefused(file, "missing");
      Files.write(file, sound);
    }
  }

  @Test
  void refusesBytesAfterTheEnd() throws IOException {
    for (Path file : files) {
      byte[] sound = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(sound, sound.length + 1));
      assertRefused(file, "one byte longer");
      Files.write(file, sound);
    }
  }

  @Test
  void refusesAnotherVersionAndNamesIt() throws IOException {
    Path manifest = folder.resolve("manifest.json");
    String text = Files.readString(manifest).replace("\"version\":1", "\"version\":2");
    String zeroed = text.replaceAll("(\"manifest_sha256\":\")[0-9a-f]{64}", "$1" + "0".repeat(64));
    String hash = Sha256.of(zeroed.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    Files.writeString(
        manifest, zeroed.replace("sha256\":\"" + "0".repeat(64), "sha256\":\"" + hash));
    assertThatThrownBy(() -> Checkpoint.open(folder.toString()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("its version is 2 (this release reads version 1)");
  }

  private void assertRefused(Path file, String damage) {
    assertThatThrownBy(() -> Checkpoint.open(folder.toString()))
        .as("%s: %s", file.getFileName(), damage)
        .isInstanceOf(UserException.class)
        .hasMessageContaining(file.getFileName().toString());
  }
}
