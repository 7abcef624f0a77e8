package io.headwater.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
  @TempDir Path output;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void readsBackWhatAnyNumberOfShardsWrote(int shards) {
    String folder = Models.writeByShards(output.toString(), Models.LAYOUT, 5, shards);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertThat(checkpoint.step()).isEqualTo(5);
      assertThat(checkpoint.layout()).isEqualTo(Models.LAYOUT);
      assertThat(checkpoint.config().path("model_type").asText()).isEqualTo("gpt2");
      assertThat(checkpoint.trainingState().orElseThrow().path("step").asLong()).isEqualTo(5);
      assertThat(checkpoint.tokenizer()).isPresent();
      assertThat(checkpoint.hasOptimizerState()).isTrue();
      assertVectors(checkpoint, 5);
    }
  }

  @Test
  void modelBytesDoNotDependOnTheNumberOfShards() throws IOException {
    TensorLayout layout = TensorLayout.builder().add("a", 300, 1000).add("b", 77).build();
    byte[] one = modelBytes(Models.writeByShards(output + "/1", layout, 3, 1));
    byte[] two = modelBytes(Models.writeByShards(output + "/2", layout, 3, 2));
    byte[] three = modelBytes(Models.writeByShards(output + "/3", layout, 3, 3));
    Checkpoint.write(
        Checkpoint.directory(output + "/whole", 3),
        3,
        layout,
        Models.weights(layout, 3),
        Models.description(3));
    assertThat(two).isEqualTo(one);
    assertThat(three).isEqualTo(one);
    assertThat(modelBytes(Checkpoint.directory(output + "/whole", 3))).isEqualTo(one);
  }

  @Test
  void holdsNothingButThePlainFolder() throws IOException {
    String folder = Models.writeByShards(output.toString(), Models.LAYOUT, 12, 2);
    assertThat(names(folder))
        .containsExactly(
            "config.json",
            "manifest.json",
            "model.safetensors",
            "tokenizer.json",
            "training",
            "training/optimizer-00000-of-00002.safetensors",
            "training/optimizer-00001-of-00002.safetensors",
            "training/state.json");
    assertThat(output.toFile().list()).containsExactly("step-00000012");
  }

  @Test
  void partsOfAnAttemptWithAnotherNumberOfShardsDoNotGetIn() throws IOException {
    Models.writeParts(output.toString(), Models.LAYOUT, 4, 3);
    String folder = Models.writeByShards(output.toString(), Models.LAYOUT, 4, 2);
    assertThat(names(folder)).noneMatch(name -> name.contains("of-00003"));
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertVectors(checkpoint, 4);
    }
  }

  @Test
  void refusesToCommitWithoutEveryPart() {
    new ShardCheckpointWriter(output.toString(), 0, 2, 0, 50)
        .write(1, Models.vector(0, 1), java.util.Map.of());
    assertThatThrownBy(
            () ->
                new CheckpointCommit(output.toString(), Models.LAYOUT, 2)
                    .commit(1, Models.description(1)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("shard 1 of 2 has not written its part");
    assertThat(Checkpoint.newest(output.toString())).isEmpty();
  }

  @Test
  void refusesToCommitADamagedPart() throws IOException {
    Models.writeParts(output.toString(), Models.LAYOUT, 1, 2);
    Path part = output.resolve(".step-00000001.partial/parts/weights-00001-of-00002.f32");
    byte[] bytes = Files.readAllBytes(part);
    bytes[7] ^= 1;
    Files.write(part, bytes);
    assertThatThrownBy(
            () ->
                new CheckpointCommit(output.toString(), Models.LAYOUT, 2)
                    .commit(1, Models.description(1)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("weights-00001-of-00002.f32");
  }

  @Test
  void aWholeModelNeedsNoTrainingState() {
    String folder = output.resolve("task model").toString();
    CheckpointDescription description =
        new CheckpointDescription(
            Json.MAPPER.createObjectNode(), java.util.Optional.empty(), java.util.Optional.empty());
    Checkpoint.write(folder, 0, Models.LAYOUT, Models.weights(Models.LAYOUT, 0), description);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertThat(checkpoint.trainingState()).isEmpty();
      assertThat(checkpoint.tokenizer()).isEmpty();
      assertThat(checkpoint.hasOptimizerState()).isFalse();
      assertThatThrownBy(() -> checkpoint.readOptimizerState("exp_avg", 0, new float[1], 0, 1))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("it has none");
    }
  }

  @Test
  void writesIntoAnEmptyFolderAndReplacesACheckpoint() throws IOException {
    Path folder = Files.createDirectory(output.resolve("my model, 100% (v1)"));
    for (long step = 1; step <= 2; step++) {
      Checkpoint.write(
          folder.toString(),
          step,
          Models.LAYOUT,
          Models.weights(Models.LAYOUT, step),
          Models.description(step));
      try (Checkpoint checkpoint = Checkpoint.open(folder.toString())) {
        assertThat(checkpoint.step()).isEqualTo(step);
      }
      assertThat(output.toFile().list()).containsExactly("my model, 100% (v1)");
    }
  }

  @Test
  void newestIsTheHighestStepNotTheLastWritten() {
    Models.writeByShards(output.toString(), Models.LAYOUT, 100, 2);
    Models.writeByShards(output.toString(), Models.LAYOUT, 20, 2);
    assertThat(newestStep()).isEqualTo(100);
  }

  @Test
  void newestSkipsFoldersThatAreNotValid() throws IOException {
    Models.writeByShards(output.toString(), Models.LAYOUT, 1, 2);
    Models.writeByShards(output.toString(), Models.LAYOUT, 2, 2);
    Models.writeByShards(output.toString(), Models.LAYOUT, 3, 2);
    Files.delete(output.resolve("step-00000003/manifest.json"));
    Path model = output.resolve("step-00000002/model.safetensors");
    Files.write(model, java.util.Arrays.copyOf(Files.readAllBytes(model), 100));
    Files.createDirectory(output.resolve("step-00000004"));
    Files.writeString(output.resolve("step-00000005"), "a file");
    assertThat(newestStep()).isEqualTo(1);
  }

  @Test
  void nothingIsNewestWhereNothingWasWritten() {
    assertThat(Checkpoint.newest(output.toString())).isEmpty();
    assertThat(Checkpoint.newest(output.resolve("missing").toString())).isEmpty();
  }

  @Test
  void replacesACheckpointOfTheSameStep() {
    Models.writeByShards(output.toString(), Models.LAYOUT, 1, 2);
    Models.writeByShards(output.toString(), Models.LAYOUT, 1, 3);
    assertThat(newestStep()).isEqualTo(1);
    assertThat(output.toFile().list()).containsExactly("step-00000001");
  }

  @Test
  void neverReplacesAFolderOfSomethingElse() throws IOException {
    Files.writeString(output.resolve("thesis.tex"), "years of work");
    assertThatThrownBy(
            () ->
                Checkpoint.write(
                    output.toString(),
                    0,
                    Models.LAYOUT,
                    Models.weights(Models.LAYOUT, 0),
                    Models.description(0)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("something else is there");
    assertThat(output.resolve("thesis.tex")).hasContent("years of work");
  }

  @Test
  void keepsTheNewest() {
    for (long step = 1; step <= 4; step++) {
      Models.writeByShards(output.toString(), Models.LAYOUT, step, 1);
    }
    CheckpointCommit.keepNewest(output.toString(), 2);
    assertThat(output.toFile().list()).containsExactlyInAnyOrder("step-00000003", "step-00000004");
  }

  @Test
  void sparesOneBesideTheNewest() {
    for (long step = 1; step <= 5; step++) {
      Models.writeByShards(output.toString(), Models.LAYOUT, step, 1);
    }
    CheckpointCommit.keepNewest(output.toString(), 2, 2);
    assertThat(output.toFile().list())
        .containsExactlyInAnyOrder("step-00000002", "step-00000004", "step-00000005");
  }

  @Test
  void namesTheFolderThatIsNotThere() {
    assertThatThrownBy(() -> Checkpoint.open(output.resolve("nowhere").toString()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("nowhere")
        .hasMessageContaining("no such folder");
  }

  @Test
  void filesThatTheManifestDoesNotListAreLeftAlone() throws IOException {
    String folder = Models.writeByShards(output.toString(), Models.LAYOUT, 1, 1);
    Files.writeString(Path.of(java.net.URI.create(folder)).resolve("README.md"), "notes");
    assertThatCode(() -> Checkpoint.open(folder).close()).doesNotThrowAnyException();
  }

  private long newestStep() {
    try (Checkpoint newest = Checkpoint.newest(output.toString()).orElseThrow()) {
      assertVectors(newest, newest.step());
      return newest.step();
    }
  }

  /** Reads every vector in two halves, as two shards would, and across block borders. */
  static void assertVectors(Checkpoint checkpoint, long step) {
    int elements = (int) checkpoint.layout().elements();
    int middle = elements / 2;
    float[] weights = new float[elements];
    float[] first = new float[elements];
    float[] second = new float[elements];
    for (int[] half : List.of(new int[] {0, middle}, new int[] {middle, elements})) {
      int count = half[1] - half[0];
      checkpoint.readWeights(half[0], weights, half[0], count);
      checkpoint.readOptimizerState("exp_avg", half[0], first, half[0], count);
      checkpoint.readOptimizerState("exp_avg_sq", half[0], second, half[0], count);
    }
    try (FlatVector all = FlatVector.allocate(elements)) {
      checkpoint.readWeights(all);
      for (int i = 0; i < elements; i++) {
        float expected = Models.weight(i, step);
        assertThat(weights[i]).isEqualTo(expected);
        assertThat(all.get(i)).isEqualTo(expected);
        assertThat(first[i]).isEqualTo(expected * 2);
        assertThat(second[i]).isEqualTo(expected * 3);
      }
    }
  }

  private static byte[] modelBytes(String folder) throws IOException {
    return Files.readAllBytes(Path.of(java.net.URI.create(folder)).resolve("model.safetensors"));
  }

  private static List<String> names(String folder) throws IOException {
    Path root = Path.of(java.net.URI.create(folder));
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> !file.equals(root))
          .map(file -> root.relativize(file).toString())
          .sorted()
          .toList();
    }
  }
}
