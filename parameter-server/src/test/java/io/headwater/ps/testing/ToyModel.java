package io.headwater.ps.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.CheckpointDescription;
import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.ps.protocol.MicroBatchRange;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** A model of some blocks whose gradients are pseudo-random and depend on its weights. */
public final class ToyModel {
  public static final TensorLayout LAYOUT =
      TensorLayout.builder()
          .add("embedding.weight", 230, 200)
          .add("embedding.bias", 203)
          .add("head.weight", 77, 131)
          .add("head.bias", 5)
          .build();

  public static final int ELEMENTS = (int) LAYOUT.elements();

  private ToyModel() {}

  public static float[] initialWeights() {
    float[] weights = new float[ELEMENTS];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = random(i, -1, 0);
    }
    return weights;
  }

  /** Writes the initial weights as a checkpoint and returns its directory. */
  public static String writeInitial(Path output) {
    String directory = Checkpoint.directory(output.toString(), 0);
    try (FlatVector vector = FlatVector.allocate(ELEMENTS)) {
      vector.write(0, initialWeights(), 0, ELEMENTS);
      Checkpoint.write(directory, 0, LAYOUT, vector, description());
    }
    return directory;
  }

  public static CheckpointDescription description() {
    return new CheckpointDescription(
        JsonNodeFactory.instance.objectNode(), Optional.empty(), Optional.empty());
  }

  /** Gradient of one micro-batch. */
  public static float[] gradient(float[] weights, long step, int microBatch) {
    float[] gradient = new float[ELEMENTS];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = random(i, step, microBatch) + 0.1f * weights[i];
    }
    return gradient;
  }

  /** Sum over the micro-batches of a node of the tree. */
  public static float[] gradient(float[] weights, long step, MicroBatchRange node) {
    if (node.isLeaf()) {
      return gradient(weights, step, node.from());
    }
    float[] left = gradient(weights, step, node.left());
    float[] right = gradient(weights, step, node.right());
    for (int i = 0; i < left.length; i++) {
      left[i] += right[i];
    }
    return left;
  }

  /** Compares without printing 56,295 numbers twice. */
  public static void assertSameBits(float[] actual, float[] expected) {
    int at = Arrays.mismatch(actual, expected);
    assertThat(at)
        .withFailMessage(() -> "element " + at + " is " + actual[at] + ", expected " + expected[at])
        .isEqualTo(-1);
  }

  /** SHA-256 of the bits. */
  public static String digest(float[] weights) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * weights.length);
    bytes.asFloatBuffer().put(weights);
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  public static double loss(long step, int microBatch) {
    return 3 + random(step, 7, microBatch);
  }

  private static float random(long a, long b, long c) {
    long x = a * 0x9E3779B97F4A7C15L + b * 0xBF58476D1CE4E5B9L + c * 0x94D049BB133111EBL;
    x = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
    x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
    return ((x >>> 40) - (1 << 23)) * 0x1p-23f * 0.01f;
  }
}
