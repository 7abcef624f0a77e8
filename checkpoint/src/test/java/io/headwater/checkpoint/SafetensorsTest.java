package io.headwater.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
  @TempDir Path folder;

  /** A file that another program wrote, against logits that another program computed. */
  @Test
  void readsAForeignFileSoThatItsNetworkGivesTheReferenceLogits() throws IOException {
    Path data = Path.of(System.getProperty("headwater.data", ""));
    Path model = data.resolve("mnist-mlp-safetensors");
    Path images = data.resolve("mnist-t10k");
    Assumptions.assumeTrue(
        Files.isDirectory(model) && Files.isDirectory(images), "needs MNIST in headwater.data");
    JsonNode reference = Json.MAPPER.readTree(model.resolve("reference.json").toFile());
    try (Weights weights = Weights.open(Storage.path(model.toString()))) {
      float[] all = new float[(int) weights.layout().elements()];
      weights.read(0, all, 0, all.length);
      TensorLayout.Entry first = byElements(weights.layout(), 784 * 128);
      TensorLayout.Entry second = byElements(weights.layout(), 128 * 10);
      double[][] pixels = firstImages(images, 16);
      for (int image = 0; image < pixels.length; image++) {
        double[] hidden = matrixVector(all, first, pixels[image]);
        for (int i = 0; i < hidden.length; i++) {
          hidden[i] = hidden[i] < 0 ? 0.01 * hidden[i] : hidden[i];
        }
        double[] logits = matrixVector(all, second, hidden);
        for (int label = 0; label < 10; label++) {
          double expected = reference.path("logits_first16").path(image).path(label).asDouble();
          assertThat(logits[label]).isCloseTo(expected, within(2e-3));
        }
      }
    }
  }

  @Test
  void readsAModelInSeveralFilesByItsIndex() throws IOException {
    TensorLayout first = TensorLayout.builder().add("a", 5).add("b", 2, 3).build();
    TensorLayout second = TensorLayout.builder().add("c", 4).build();
    write("model-00001-of-00002.safetensors", first, 0);
    write("model-00002-of-00002.safetensors", second, 11);
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        """
        {"metadata": {"total_size": 60}, "weight_map": {
          "a": "model-00001-of-00002.safetensors", "c": "model-00002-of-00002.safetensors",
          "b": "model-00001-of-00002.safetensors"}}
        """);
    try (Weights weights = Weights.open(Storage.path(folder.toString()))) {
      assertThat(weights.layout())
          .isEqualTo(TensorLayout.builder().add("a", 5).add("b", 2, 3).add("c", 4).build());
      float[] all = new float[15];
      weights.read(0, all, 0, 9);
      weights.read(9, all, 9, 6);
      for (int i = 0; i < all.length; i++) {
        assertThat(all[i]).isEqualTo(i);
      }
    }
  }

  @Test
  void refusesAnIndexThatNamesATensorWhichIsNotThere() throws IOException {
    write("model-00001-of-00001.safetensors", TensorLayout.builder().add("a", 5).build(), 0);
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"weight_map\": {\"b\": \"model-00001-of-00001.safetensors\"}}");
    assertThatThrownBy(() -> Weights.open(Storage.path(folder.toString())))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("tensor b")
        .hasMessageContaining("[a]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}        | 4  | of type F32 and shape [2] has 4 bytes
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}        | 8  | begins at byte 4, not at 0
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}        | 5  | take 4 bytes, the file has 5
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}        | 4  | take 8 bytes, the file has 4
          {"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}        | 8  | unknown type 'C64'
          {"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}       | 4  | missing or negative
          {"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}} | 4 | too large
          {"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"a":{}}  | 4  | not JSON
          ["a"]                                                         | 0  | not a JSON object
          """)
  void refusesAHeaderThatDoesNotFit(String json, int dataBytes, String reason) throws IOException {
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length).put(header);
    Path path = Files.write(folder.resolve("x.safetensors"), file.array());
    assertThatThrownBy(() -> Safetensors.open(Storage.path(path.toString())))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("x.safetensors")
        .hasMessageContaining(reason);
  }

  @Test
  void refusesAHeaderLongerThanTheFile() throws IOException {
    Path path = folder.resolve("x.safetensors");
    Files.write(path, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, '{', '}'});
    assertThatThrownBy(() -> Safetensors.open(Storage.path(path.toString())))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("claims 18446744073709551615 bytes, the file has 10");
  }

  @Test
  void aTypeThatIsNotFloat32IsNotTakenForWeights() throws IOException {
    byte[] header =
        "{\"a\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]}}"
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(12 + header.length).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length).put(header);
    Files.write(folder.resolve("model.safetensors"), file.array());
    assertThatThrownBy(() -> Weights.open(Storage.path(folder.toString())))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("its type is BF16 (must be F32)");
  }

  @Test
  void theFirstTensorBeginsAtAMultipleOfEight() {
    for (int length = 1; length < 20; length++) {
      TensorLayout layout = TensorLayout.builder().add("x".repeat(length), 1).build();
      assertThat(SafetensorsHeader.of(layout, Map.of("format", "pt")).toBytes().length % 8)
          .isZero();
    }
  }

  private void write(String name, TensorLayout layout, int start) {
    Path path = folder.resolve(name);
    org.apache.hadoop.fs.Path file = Storage.path(path.toString());
    try (HashedOutput out = Storage.of(file).create(file)) {
      out.write(SafetensorsHeader.of(layout, Map.of()).toBytes());
      BlockSource counting =
          (from, into, offset, count) -> {
            for (int i = 0; i < count; i++) {
              into[offset + i] = start + from + i;
            }
          };
      out.write(counting, 0, layout.elements());
    }
  }

  private static TensorLayout.Entry byElements(TensorLayout layout, long elements) {
    return layout.entries().stream()
        .filter(entry -> entry.elements() == elements)
        .findFirst()
        .orElseThrow();
  }

  /** y = W x, with W of shape (out, in) or (in, out) as the file has it. */
  private static double[] matrixVector(float[] all, TensorLayout.Entry matrix, double[] x) {
    boolean outFirst = matrix.shape().get(1) == x.length;
    int rows = (int) (matrix.elements() / x.length);
    double[] y = new double[rows];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < x.length; column++) {
        int index = outFirst ? row * x.length + column : column * rows + row;
        y[row] += all[(int) matrix.offset() + index] * x[column];
      }
    }
    return y;
  }

  private static double[][] firstImages(Path folder, int count) throws IOException {
    Path file;
    try (var files = Files.list(folder)) {
      file = files.filter(f -> f.getFileName().toString().contains("images")).findFirst().get();
    }
    try (var raw = Files.newInputStream(file);
        DataInputStream in =
            new DataInputStream(file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw)) {
      in.readFully(new byte[16]);
      double[][] pixels = new double[count][784];
      for (double[] image : pixels) {
        for (int i = 0; i < image.length; i++) {
          image[i] = in.readUnsignedByte();
        }
      }
      return pixels;
    }
  }
}
