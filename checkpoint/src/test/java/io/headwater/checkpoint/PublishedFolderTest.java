package io.headwater.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishedFolderTest {
  private static final TensorLayout LAYOUT =
      TensorLayout.builder().add("a", 3, 50_000).add("b", 2).build();

  @TempDir private Path parent;

  @Test
  void readsWhatItWrote() throws IOException {
    Path folder = write("model");
    assertThat(folder.toFile().list())
        .containsExactlyInAnyOrder("config.json", "model.safetensors", "notes.txt");
    try (PublishedFolder read = PublishedFolder.open(folder.toString())) {
      assertThat(read.config().path("model_type").asText()).isEqualTo("x");
      assertThat(read.file("notes.txt")).hasValue("hello".getBytes(StandardCharsets.UTF_8));
      assertThat(read.file("tokenizer.json")).isEmpty();
      assertThat(read.tensors().get(0).name()).isEqualTo("a");
      float[] some = new float[100_000];
      read.read("a", 49_000, some, 0, some.length);
      for (int i = 0; i < some.length; i++) {
        assertThat(some[i]).isEqualTo(49_000f + i);
      }
      read.read("b", 1, some, 0, 1);
      assertThat(some[0]).isEqualTo(150_001f);
    }
  }

  @Test
  void overwritesNothing() {
    write("model");
    assertThatThrownBy(() -> write("model"))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith("something is there (an empty or new folder is needed)");
  }

  @Test
  void refusesPickledWeights() throws IOException {
    Path folder = Files.createDirectory(parent.resolve("old"));
    Files.writeString(folder.resolve("config.json"), "{}");
    Files.writeString(folder.resolve("pytorch_model.bin"), "");
    assertThatThrownBy(() -> PublishedFolder.open(folder.toString()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("its weights are pickled in pytorch_model.bin (must be safetensors");
  }

  @Test
  void refusesAnIndexThatLeavesItsFolder() throws IOException {
    Path folder = write("model");
    Files.move(folder.resolve("model.safetensors"), parent.resolve("other.safetensors"));
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"weight_map\": {\"a\": \"../other.safetensors\"}}");
    assertThatThrownBy(() -> PublishedFolder.open(folder.toString()))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith("'../other.safetensors' is not a file of its own folder");
  }

  @Test
  void refusesATensorInTwoFiles() throws IOException {
    Path folder = write("model");
    Files.copy(folder.resolve("model.safetensors"), folder.resolve("2.safetensors"));
    Files.move(folder.resolve("model.safetensors"), folder.resolve("1.safetensors"));
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"weight_map\": {\"a\": \"1.safetensors\", \"b\": \"2.safetensors\"}}");
    assertThatThrownBy(() -> PublishedFolder.open(folder.toString()))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith("tensor a is in two files, the second is 2.safetensors");
  }

  @Test
  void refusesATypeThatIsNotOfFloats() throws IOException {
    Path folder = write("model");
    Path file = folder.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    String text = new String(bytes, StandardCharsets.ISO_8859_1).replace("F32", "I32");
    Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
    try (PublishedFolder read = PublishedFolder.open(folder.toString())) {
      assertThatThrownBy(() -> read.read("b", 0, new float[2], 0, 2))
          .isInstanceOf(UserException.class)
          .hasMessageEndingWith("its type is I32 (must be [F32, F16, BF16])");
    }
  }

  private Path write(String name) {
    Path folder = parent.resolve(name);
    PublishedFolder.write(
        folder.toString(),
        LAYOUT,
        (from, into, offset, count) -> {
          for (int i = 0; i < count; i++) {
            into[offset + i] = from + i;
          }
        },
        Map.of(
            "config.json", "{\"model_type\": \"x\"}".getBytes(StandardCharsets.UTF_8),
            "notes.txt", "hello".getBytes(StandardCharsets.UTF_8)));
    return folder;
  }
}
