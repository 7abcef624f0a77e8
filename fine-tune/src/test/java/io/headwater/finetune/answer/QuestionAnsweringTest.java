package io.headwater.finetune.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.UserException;
import io.headwater.finetune.Columns;
import io.headwater.finetune.FineTuneReport;
import io.headwater.finetune.Method;
import io.headwater.finetune.TaskRuns;
import io.headwater.finetune.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuestionAnsweringTest {
  @TempDir Path folder;
  private Path data;

  @BeforeEach
  void makeFolder() throws IOException {
    data = Files.createDirectories(folder.resolve("data"));
  }

  /** Contexts of 30 and of 90 words, these in three windows; a sequence has 64 tokens. */
  @ParameterizedTest
  @CsvSource({"FULL, 30", "LORA, 30", "FULL, 90"})
  void findsTheYear(Method method, int words) throws IOException {
    write("train.json", words, 120, 1, false);
    write("held.json", words, 30, 2, false);
    FineTuneReport report = run(method, 10);
    assertThat(report.scores().examples()).isEqualTo(30);
    assertThat(report.scores().measure("exact_match")).isGreaterThan(0.9);
    assertThat(report.scores().measure("f1")).isGreaterThan(0.9);
    assertThat(report.trainExamples()).isEqualTo(words == 30 ? 120 : 360);
    try (Checkpoint task = Checkpoint.open(report.directory())) {
      assertThat(task.config().path("architectures").path(0).asText())
          .isEqualTo("BertForQuestionAnswering");
      assertThat(task.layout().entry("qa_outputs.weight").shape())
          .containsExactly(2L, (long) TinyCheckpoint.WIDTH);
    }
  }

  @Test
  void saysThatThereIsNoAnswer() throws IOException {
    write("train.json", 20, 160, 1, true);
    write("held.json", 20, 40, 2, true);
    assertThat(run(Method.FULL, 10).scores().measure("exact_match")).isGreaterThan(0.9);
  }

  @Test
  void anAnswerThatIsNotWhereTheFileSaysIsAnError() throws IOException {
    write("train.json", 20, 2, 1, false);
    String moved =
        Files.readString(data.resolve("train.json"))
            .replaceFirst("\"answer_start\":\\d+", "\"answer_start\":1");
    Files.writeString(data.resolve("held.json"), moved);
    assertThatThrownBy(() -> run(Method.FULL, 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("of question q0 is not at character 1 of its context");
  }

  @Test
  void aFileThatIsNotSquadsIsAnError() throws IOException {
    write("train.json", 20, 2, 1, false);
    Files.writeString(data.resolve("held.json"), "[{\"question\": \"why\"}]");
    assertThatThrownBy(() -> run(Method.FULL, 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("held.json: it has no list 'data'");
    Files.writeString(data.resolve("held.json"), "{\n\"data\": why}");
    assertThatThrownBy(() -> run(Method.FULL, 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("held.json, line 2: it is not JSON");
  }

  private FineTuneReport run(Method method, int epochs) {
    return TaskRuns.run(
        new QuestionAnswering(40, 8),
        TinyCheckpoint.bert(
            folder.resolve("bert"), "rain", "sun", "wind", "when", "did", "it", "1889", "1914"),
        data,
        Columns.DEFAULT,
        method,
        TaskRuns.settings(method, epochs),
        folder.resolve("task"));
  }

  /**
   * Words of the weather, and somewhere a year, which is the answer.
   *
   * @param lacking whether every other question has none
   */
  private void write(String name, int words, int count, long seed, boolean lacking)
      throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ArrayNode paragraphs = root.putArray("data").addObject().putArray("paragraphs");
    for (int i = 0; i < count; i++) {
      boolean answered = !lacking || i % 2 == 0;
      int place = random.nextInt(words);
      String year = random.nextBoolean() ? "1889" : "1914";
      StringBuilder context = new StringBuilder();
      int start = 0;
      for (int word = 0; word < words; word++) {
        if (word == place && answered) {
          start = context.length();
          context.append(year);
        } else {
          context.append(new String[] {"rain", "sun", "wind"}[random.nextInt(3)]);
        }
        context.append(word % 10 == 9 ? ". " : " ");
      }
      ObjectNode paragraph = paragraphs.addObject().put("context", context.toString());
      ObjectNode asked = paragraph.putArray("qas").addObject();
      asked.put("id", "q" + i).put("question", "When did it rain?").put("is_impossible", !answered);
      ArrayNode answers = asked.putArray("answers");
      if (answered) {
        answers.addObject().put("text", year).put("answer_start", start);
      }
    }
    Files.writeString(data.resolve(name), root.toString());
  }
}
