package io.headwater.finetune.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConllFileTest {
  @TempDir Path folder;

  @Test
  void readsColumnsOfTabsOrBlanksAndSkipsDocuments() throws IOException {
    assertThat(
            read(
                "-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n\t\n\n"
                    + "Peter\tB-PER\nBlackburn\tI-PER"))
        .containsExactly(
            new TaggedSentence(List.of("EU", "rejects"), List.of("B-ORG", "O"), 3),
            new TaggedSentence(List.of("Peter", "Blackburn"), List.of("B-PER", "I-PER"), 7));
  }

  @Test
  void leavesOutALanguageThatAllWordsHave() throws IOException {
    assertThat(read("en:Paris\tB-LOC\nen::\tO\n").get(0).words()).containsExactly("Paris", ":");
    assertThat(read("en:Paris\tB-LOC\nbye\tO\n").get(0).words()).containsExactly("en:Paris", "bye");
  }

  @Test
  void namesTheLineOfAFault() {
    assertThatThrownBy(() -> read("Paris\tB-LOC\nis\n"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("data, line 2: it has a word but no tag");
    assertThatThrownBy(() -> read("Paris\tNNP\n"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("data, line 1: tag 'NNP' is not O, B-something or I-something");
    assertThatThrownBy(() -> read("\n\n"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("it holds no example");
  }

  @Test
  void readsWikiAnnAndWnut() {
    Path data = Path.of(System.getProperty("headwater.data", ""));
    Path wiki = data.resolve("wikiann-en-ner/dev");
    Assumptions.assumeTrue(Files.isRegularFile(wiki), "needs wikiann-en-ner in headwater.data");
    List<TaggedSentence> sentences = ConllFile.read(wiki.toString());
    assertThat(sentences).hasSize(10_000);
    assertThat(sentences.get(0).words()).startsWith("Sioux", "Falls", "Arena");
    List<TaggedSentence> tweets =
        ConllFile.read(data.resolve("wnut17-ner/emerging.dev.conll").toString());
    assertThat(tweets).hasSize(1009);
    assertThat(tweets.get(1).tags()).contains("B-location", "I-location");
  }

  private List<TaggedSentence> read(String content) throws IOException {
    return ConllFile.read(Files.writeString(folder.resolve("data"), content).toString());
  }
}
