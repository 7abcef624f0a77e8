package io.headwater.corpus.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Published vocabularies against recorded ids of the Hugging Face library. */
class ReferenceVectorsTest {
  private static final Path FOLDER = Path.of(System.getProperty("headwater.data"), "tokenizers");

  private static Tokenizer tokenizer(String name) throws IOException {
    assumeTrue(Files.isDirectory(FOLDER), "no data set " + FOLDER);
    return Tokenizer.parse(Files.readAllBytes(FOLDER.resolve(name + "/tokenizer.json")));
  }

  private static List<JsonNode> vectors(String name) throws IOException {
    JsonMapper mapper = new JsonMapper();
    List<String> lines = Files.readAllLines(FOLDER.resolve("vectors/" + name + "_vectors.jsonl"));
    JsonNode[] vectors = new JsonNode[lines.size()];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = mapper.readTree(lines.get(i));
    }
    return List.of(vectors);
  }

  private static int[] ids(JsonNode vector) {
    int[] ids = new int[vector.path("ids").size()];
    Arrays.setAll(ids, i -> vector.path("ids").get(i).intValue());
    return ids;
  }

  @Test
  void encodesGpt2OnOwnCode() throws IOException {
    try (Tokenizer gpt2 = tokenizer("gpt2")) {
      assertThat(gpt2).isInstanceOf(BpeTokenizer.class);
      assertThat(gpt2.vocabularySize()).isEqualTo(50257);
      assertThat(gpt2.endOfText()).hasValue(50256);
      for (JsonNode vector : vectors("gpt2")) {
        String text = vector.path("text").asText();
        assertThat(gpt2.encode(text)).as(text).isEqualTo(ids(vector));
        assertThat(gpt2.decode(ids(vector))).isEqualTo(text.replace("<|endoftext|>", ""));
      }
    }
  }

  @Test
  void encodesBertInTheLibrary() throws IOException {
    try (Tokenizer bert = tokenizer("bert-base-uncased")) {
      assertThat(bert).isInstanceOf(LibraryTokenizer.class);
      assertThat(bert.vocabularySize()).isEqualTo(30522);
      assertThat(bert.endOfText()).hasValue(102);
      for (JsonNode vector : vectors("bert-base-uncased")) {
        int[] framed = ids(vector); // [CLS] ... [SEP]
        assertThat(bert.encode(vector.path("text").asText()))
            .isEqualTo(Arrays.copyOfRange(framed, 1, framed.length - 1));
      }
    }
  }
}
