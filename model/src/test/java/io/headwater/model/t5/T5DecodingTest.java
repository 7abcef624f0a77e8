package io.headwater.model.t5;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.UserException;
import io.headwater.model.DecodingChecks;
import io.headwater.model.Execution;
import java.util.List;
import org.junit.jupiter.api.Test;

class T5DecodingTest {
  private static final List<int[]> PROMPTS =
      List.of(new int[] {3, 1, 4}, new int[] {1, 5, 9, 2, 6, 5}, new int[] {7});

  /** That without one agrees with an independent forward pass, see {@link T5ModelTest}. */
  @Test
  void writesTheSameAsWithoutACache() {
    try (T5Model model = model()) {
      DecodingChecks.assertSameWithoutCache(model, PROMPTS.subList(0, 1), 12);
      DecodingChecks.assertSameWithoutCache(model, PROMPTS, 12);
    }
  }

  @Test
  void textsMayBeDroppedDoubledAndReordered() {
    try (T5Model model = model()) {
      DecodingChecks.assertRowsMove(model, PROMPTS, 9);
    }
  }

  @Test
  void refusesAPromptThatIsLongerThanTheContext() {
    try (T5Model model = model()) {
      assertThatThrownBy(() -> model.decode(List.of(new int[8]), 2))
          .isInstanceOf(UserException.class)
          .hasMessage("Cannot read a prompt of 9 tokens: the model's context length is 8");
    }
  }

  private static T5Model model() {
    T5Model model = new T5Model(T5ModelTest.tiny(0.1), Execution.CPU);
    T5ModelTest.enliven(model);
    return model;
  }
}
