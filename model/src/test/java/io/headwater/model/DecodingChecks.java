package io.headwater.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.model.generation.Limits;
import io.headwater.model.generation.Sampling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;

/** That a model writes with a cache what it writes without. */
public final class DecodingChecks {
  private static final double TOLERANCE = 1e-5;

  private DecodingChecks() {}

  /** The same tokens, taken greedily, and the same scores before each of them. */
  public static void assertSameWithoutCache(LanguageModel model, List<int[]> prompts, int tokens) {
    try (Decoding decoding = model.decode(prompts, tokens)) {
      List<int[]> written =
          Sampling.greedy()
              .write(checked(model, decoding, prompts), new Limits(tokens, OptionalInt.empty()));
      for (int row = 0; row < prompts.size(); row++) {
        assertThat(written.get(row)).isEqualTo(greedily(model, prompts.get(row), tokens));
      }
    }
  }

  /** Rows are dropped, doubled and reordered at random, as a beam search does. */
  public static void assertRowsMove(LanguageModel model, List<int[]> prompts, int tokens) {
    Random random = new Random(17);
    try (Decoding real = model.decode(prompts, tokens)) {
      Decoding decoding = checked(model, real, prompts);
      for (int place = 0; place < tokens; place++) {
        int vocabulary = decoding.logits().length / decoding.rows();
        int count = 1 + random.nextInt(5);
        decoding.advance(
            random.ints(count, 0, decoding.rows()).toArray(),
            random.ints(count, 0, vocabulary).toArray());
      }
      decoding.logits();
    }
  }

  private static int[] greedily(LanguageModel model, int[] prompt, int tokens) {
    int[] written = {};
    for (int place = 0; place < tokens; place++) {
      float[] scores = model.nextTokenLogits(prompt, written);
      int best = 0;
      for (int token = 1; token < scores.length; token++) {
        best = scores[token] > scores[best] ? token : best;
      }
      written = with(written, best);
    }
    return written;
  }

  /** The decoding, each row of scores compared with those of the whole text computed anew. */
  private static Decoding checked(LanguageModel model, Decoding decoding, List<int[]> prompts) {
    List<int[]> readPrompts = new ArrayList<>(prompts);
    List<int[]> texts = new ArrayList<>();
    prompts.forEach(prompt -> texts.add(new int[0]));
    return new Decoding() {
      @Override
      public int rows() {
        assertThat(decoding.rows()).isEqualTo(texts.size());
        return decoding.rows();
      }

      @Override
      public float[] logits() {
        float[] all = decoding.logits();
        int vocabulary = all.length / texts.size();
        for (int row = 0; row < texts.size(); row++) {
          float[] expected = model.nextTokenLogits(readPrompts.get(row), texts.get(row));
          assertThat(vocabulary).isEqualTo(expected.length);
          for (int token = 0; token < vocabulary; token++) {
            assertThat(all[row * vocabulary + token])
                .as("text %d after %s, token %d", row, Arrays.toString(texts.get(row)), token)
                .isCloseTo(expected[token], within((float) TOLERANCE));
          }
        }
        return all;
      }

      @Override
      public void advance(int[] rows, int[] tokens) {
        List<int[]> before = List.copyOf(texts);
        List<int[]> promptsBefore = List.copyOf(readPrompts);
        texts.clear();
        readPrompts.clear();
        for (int i = 0; i < rows.length; i++) {
          texts.add(with(before.get(rows[i]), tokens[i]));
          readPrompts.add(promptsBefore.get(rows[i]));
        }
        decoding.advance(rows, tokens);
      }

      @Override
      public void close() {
        decoding.close();
      }
    };
  }

  private static int[] with(int[] text, int token) {
    int[] longer = Arrays.copyOf(text, text.length + 1);
    longer[text.length] = token;
    return longer;
  }
}
