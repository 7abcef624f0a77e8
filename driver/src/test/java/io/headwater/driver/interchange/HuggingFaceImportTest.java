package io.headwater.driver.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.PublishedFolder;
import io.headwater.checkpoint.UserException;
import io.headwater.corpus.tokenize.Tokenizer;
import io.headwater.corpus.tokenize.Tokenizers;
import io.headwater.driver.text.TextGeneration;
import io.headwater.model.Execution;
import io.headwater.model.ModelFamily;
import io.headwater.model.Pretrainable;
import io.headwater.model.generation.Sampling;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HuggingFaceImportTest {
  @TempDir private Path parent;

  @Test
  void theCheckpointGeneratesText() {
    Path published = write("gpt-nano", 257, Map.of("tokenizer.json", bytes()));
    Path output = parent.resolve("checkpoint");
    HuggingFaceImport done = HuggingFaceImport.run(published.toString(), output.toString(), 1);
    assertThat(done.architecture()).isEqualTo("GPT2LMHeadModel");
    assertThat(done.tokenizer()).isEqualTo("tokenizer.json");
    assertThat(done.types()).containsExactly("F32");
    try (Checkpoint checkpoint = Checkpoint.open(output.toString())) {
      assertThat(checkpoint.step()).isZero();
      assertThat(checkpoint.tokenizer()).hasValue(bytes());
      assertThat(checkpoint.layout().elements()).isEqualTo(done.parameters());
    }
    String text =
        new TextGeneration(3, new Sampling(1, 0, 1, 1), Execution.CPU)
            .run(output.toString(), List.of("Hello"))
            .texts()
            .get(0);
    assertThat(text).isNotEmpty();
  }

  @Test
  void readsTheVocabularyOfABertWithoutATokenizerJson() {
    String vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nrain\n##ing\n";
    Path published =
        write("bert-tiny", 7, Map.of("vocab.txt", vocabulary.getBytes(StandardCharsets.UTF_8)));
    Path output = parent.resolve("checkpoint");
    HuggingFaceImport done = HuggingFaceImport.run(published.toString(), output.toString(), 1);
    assertThat(done.tokenizer()).isEqualTo("vocab.txt");
    try (Checkpoint checkpoint = Checkpoint.open(output.toString());
        Tokenizer tokenizer = Tokenizer.parse(checkpoint.tokenizer().orElseThrow())) {
      assertThat(tokenizer.encode("Raining")).containsExactly(5, 6);
    }
  }

  @Test
  void writesNothingWhereTheTokenizerIsMissingOrTooLarge() {
    Path output = parent.resolve("checkpoint");
    Path without = write("gpt-nano", 256, Map.of());
    assertThatThrownBy(() -> HuggingFaceImport.run(without.toString(), output.toString(), 1))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(
            "it has no tokenizer (tokenizer.json, vocab.txt, or vocab.json and merges.txt)");
    Path small = write("gpt-nano", 200, Map.of("tokenizer.json", bytes()));
    assertThatThrownBy(() -> HuggingFaceImport.run(small.toString(), output.toString(), 1))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith("its tokenizer has 257 tokens, its model 200 (vocab_size)");
    assertThat(Files.exists(output)).isFalse();
  }

  private Path write(String preset, int vocabularySize, Map<String, byte[]> more) {
    Path folder = parent.resolve("published-" + vocabularySize);
    ModelFamily family = ModelFamily.ofPreset(preset);
    ObjectNode config = family.config(preset, vocabularySize);
    try (Pretrainable model = family.pretrainable(config, Execution.CPU)) {
      model.initialize(4);
      Map<String, byte[]> files = new TreeMap<>(more);
      files.put("config.json", config.toString().getBytes(StandardCharsets.UTF_8));
      PublishedFolder.write(folder.toString(), model.layout(), model.parameters()::read, files);
    }
    return folder;
  }

  private static byte[] bytes() {
    try (Tokenizer tokenizer = Tokenizers.bytes()) {
      return tokenizer.json();
    }
  }
}
