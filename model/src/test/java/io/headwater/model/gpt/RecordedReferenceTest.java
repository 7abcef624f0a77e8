package io.headwater.model.gpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.Execution;
import io.headwater.model.TokenBatch;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against what PyTorch computed in double precision; make_gpt_reference.py records it. */
class RecordedReferenceTest {
  private static final GptConfig TINY = new GptConfig(11, 8, 2, 2, 8, 1e-5);
  private static final double TOLERANCE = 1e-5; // gradients reach 0.1 to 1

  private static JsonNode recorded;

  @BeforeAll
  static void read() throws IOException {
    try (InputStream file = RecordedReferenceTest.class.getResourceAsStream("gpt_reference.json")) {
      recorded = new ObjectMapper().readTree(file);
    }
  }

  @Test
  void holdsTheTensorsOfTheLayoutInItsOrder() {
    Iterable<String> names = () -> recorded.get("gradients").fieldNames();
    List<String> layout =
        GptCheckpointMapping.body(TINY).entries().stream().map(TensorLayout.Entry::name).toList();
    assertThat(names).containsExactlyElementsOf(layout);
  }

  @Test
  void lossAndEveryGradientAgree() {
    try (GptModel model = model()) {
      double loss = model.gradient(batch());
      assertThat(loss).isCloseTo(recorded.get("loss").doubleValue(), within(TOLERANCE));
      for (TensorLayout.Entry tensor : model.layout().entries()) {
        JsonNode expected = recorded.get("gradients").get(tensor.name());
        assertThat(expected.size()).as(tensor.name()).isEqualTo((int) tensor.elements());
        for (int i = 0; i < expected.size(); i++) {
          assertThat((double) model.gradients().get(tensor.offset() + i))
              .as("%s[%d]", tensor.name(), i)
              .isCloseTo(expected.get(i).doubleValue(), within(TOLERANCE));
        }
      }
    }
  }

  @Test
  void logitsOfTheLastTokenAgree() {
    try (GptModel model = model()) {
      float[] logits = model.nextTokenLogits(integers(recorded.get("inputs").get(0)), new int[0]);
      double[] expected =
          doubles(recorded.get("last_logits_of_first_sequence")).stream()
              .mapToDouble(Double::doubleValue)
              .toArray();
      GptModelTest.assertCloseTo(logits, expected);
    }
  }

  /** The recording script's weights. */
  private static GptModel model() {
    GptModel model = new GptModel(TINY, Execution.CPU);
    List<TensorLayout.Entry> tensors = model.layout().entries();
    for (int order = 0; order < tensors.size(); order++) {
      TensorLayout.Entry tensor = tensors.get(order);
      boolean gain = tensor.name().contains(".ln_") && tensor.name().endsWith(".weight");
      for (int i = 0; i < tensor.elements(); i++) {
        double value = 0.4 * Math.sin(0.7 * i + order);
        model.parameters().set(tensor.offset() + i, (float) (gain ? 1 + value : value));
      }
    }
    return model;
  }

  private static TokenBatch batch() {
    JsonNode inputs = recorded.get("inputs");
    return new TokenBatch(
        inputs.size(), inputs.get(0).size(), flat(inputs), flat(recorded.get("targets")));
  }

  private static int[] flat(JsonNode rows) {
    return StreamSupport.stream(rows.spliterator(), false)
        .flatMapToInt(row -> Arrays.stream(integers(row)))
        .toArray();
  }

  private static int[] integers(JsonNode row) {
    return StreamSupport.stream(row.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
  }

  private static List<Double> doubles(JsonNode row) {
    return StreamSupport.stream(row.spliterator(), false).map(JsonNode::doubleValue).toList();
  }
}
