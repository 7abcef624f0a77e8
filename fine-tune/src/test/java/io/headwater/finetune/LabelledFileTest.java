package io.headwater.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelledFileTest {
  @TempDir Path folder;

  @Test
  void readsCsvWithQuotesCommasAndLineBreaks() throws IOException {
    assertThat(
            read(
                "a.csv",
                "id,label,text\n1,good,\"a, \"\"b\"\"\nc\"\n\n2,bad,plain\n",
                Columns.DEFAULT))
        .containsExactly(
            new LabelledExample("a, \"b\"\nc", "good", 2), new LabelledExample("plain", "bad", 5));
  }

  @Test
  void tsvHasNoQuoting() throws IOException {
    assertThat(read("a.tsv", "text\tlabel\n\"so\" he said\t1\nit's \"\t0\n", Columns.DEFAULT))
        .extracting(LabelledExample::text)
        .containsExactly("\"so\" he said", "it's \"");
  }

  @Test
  void readsColumnsByNumberWithoutAHeader() throws IOException {
    assertThat(read("a.tsv", "one\t1\ntwo\t0\n", new Columns("#1", "#2")))
        .containsExactly(new LabelledExample("one", "1", 1), new LabelledExample("two", "0", 2));
  }

  @Test
  void readsJsonLines() throws IOException {
    assertThat(
            read(
                "a.jsonl",
                "{\"s\": \"\\u00e9t\\u00e9\", \"y\": 1}\n\n{\"y\": \"no\", \"s\": \"x\", \"z\": []}\n",
                new Columns("s", "y")))
        .containsExactly(new LabelledExample("été", "1", 1), new LabelledExample("x", "no", 3));
  }

  @Test
  void aByteOrderMarkAndCarriageReturnsAreNotPartOfTheData() throws IOException {
    assertThat(read("a.csv", "\uFEFFtext,label\r\nx,1\r\n", Columns.DEFAULT))
        .containsExactly(new LabelledExample("x", "1", 2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          a.csv   | sentence,label;x,1                        | no column 'text'; its columns are [sentence, label]
          a.csv   | text,label;x,1;y                          | line 3: it has 1 columns, the first line has 2
          a.csv   | text,label;x,1;"y,2                       | line 3
          a.csv   | text,label;x,1;,2                         | line 3: its text is empty
          a.tsv   | text,label;x,1                            | no column 'text'; its columns are [text,label]
          a.csv   | text,label                                | it holds no example
          a.csv   | text,label,text;x,1,y                     | line 1
          a.jsonl | {"text":"x","label":1};{"text":"y"}       | line 2: it has no key 'label'; its keys are [text]
          a.jsonl | {"text":"x","label":1};{"text":           | line 2: it is not JSON
          a.jsonl | {"text":["x"],"label":1}                  | line 1: 'text' is not a string or a number
          a.txt   | x                                         | must end in .csv, .tsv or .jsonl
          """)
  void namesFileAndLineOfAFault(String name, String content, String reason) throws IOException {
    Path file = Files.writeString(folder.resolve(name), content.replace(';', '\n'));
    assertThatThrownBy(() -> LabelledFile.read(file.toString(), Columns.DEFAULT))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot read labelled data " + file)
        .hasMessageContaining(reason);
  }

  @Test
  void refusesWhatIsNotUtf8() throws IOException {
    for (String text : List.of("\u00e9,1\n", "text,label\nx,1\n\u00e9,1\n")) {
      Path file = Files.write(folder.resolve("a.csv"), text.getBytes(StandardCharsets.ISO_8859_1));
      assertThatThrownBy(() -> LabelledFile.read(file.toString(), Columns.DEFAULT))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("is not valid UTF-8");
    }
  }

  @Test
  void namesTheFileThatIsNotThere() {
    assertThatThrownBy(() -> LabelledFile.read(folder + "/none.csv", Columns.DEFAULT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("none.csv: there is no such file");
  }

  @Test
  void readsTheStanfordSentimentTreebank() {
    Path data = Path.of(System.getProperty("headwater.data", "")).resolve("sst2");
    Assumptions.assumeTrue(Files.isDirectory(data), "needs sst2 in headwater.data");
    List<LabelledExample> train =
        LabelledFile.read(data.resolve("train.tsv").toString(), new Columns("#1", "#2"));
    assertThat(train).hasSize(6920);
    List<String> labels = train.stream().map(LabelledExample::label).toList();
    assertThat(Labels.of(labels, "train.tsv").names()).containsExactly("0", "1");
  }

  @Test
  void labelsThatAreNumbersAreOrderedByValue() {
    assertThat(Labels.of(List.of("10", "9", "10"), "f").names()).containsExactly("9", "10");
  }

  private List<LabelledExample> read(String name, String content, Columns columns)
      throws IOException {
    Path file = Files.writeString(folder.resolve(name), content);
    return LabelledFile.read(file.toString(), columns);
  }
}
