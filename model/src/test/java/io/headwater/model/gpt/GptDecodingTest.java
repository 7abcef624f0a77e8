package io.headwater.model.gpt;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.Decoding;
import io.headwater.model.DecodingChecks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class GptDecodingTest {
  private static final GptConfig SIZES = new GptConfig(23, 16, 2, 2, 8, 1e-5);
  private static final List<int[]> PROMPTS =
      List.of(new int[] {3, 1, 4}, new int[] {1, 5, 9, 2, 6, 5}, new int[] {7});

  @Test
  void writesTheSameAsWithoutACache() {
    try (GptModel model = GptModelTest.lively(SIZES)) {
      DecodingChecks.assertSameWithoutCache(model, PROMPTS.subList(0, 1), 10);
      DecodingChecks.assertSameWithoutCache(model, PROMPTS, 10);
    }
  }

  @Test
  void writesTheSameBeyondTheContext() {
    try (GptModel model = GptModelTest.lively(SIZES)) {
      DecodingChecks.assertSameWithoutCache(model, PROMPTS, 24);
      int[] longer = new int[20];
      longer[19] = 4;
      DecodingChecks.assertSameWithoutCache(model, List.of(longer, new int[] {2}), 3);
    }
  }

  @Test
  void textsMayBeDroppedDoubledAndReordered() {
    try (GptModel model = GptModelTest.lively(SIZES)) {
      DecodingChecks.assertRowsMove(model, PROMPTS, 9);
      DecodingChecks.assertRowsMove(model, PROMPTS, 25);
    }
  }

  @Test
  void memoryStaysFlatOverTokens() throws Exception {
    try (GptModel model = GptModelTest.lively(new GptConfig(23, 256, 2, 2, 64, 1e-5))) {
      write(model, 5); // by then the Java heap has grown to what it takes
      long before = residentBytes();
      write(model, 10);
      // 2,000 tokens whose caches, moved with their rows, are 0.6 MB.
      assertThat(residentBytes() - before).isLessThan(128L << 20);
    }
  }

  private static void write(GptModel model, int rounds) {
    for (int round = 0; round < rounds; round++) {
      try (Decoding decoding = model.decode(PROMPTS, 200)) {
        for (int token = 0; token < 200; token++) {
          decoding.advance(new int[] {1, 2, 0}, new int[] {1, 2, 3});
        }
      }
    }
  }

  private static long residentBytes() throws Exception {
    String pages = Files.readString(Path.of("/proc/self/statm")).split(" ")[1];
    return Long.parseLong(pages) * 4096;
  }
}
