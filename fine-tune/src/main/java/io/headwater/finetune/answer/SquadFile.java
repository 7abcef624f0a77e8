package io.headwater.finetune.answer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.headwater.checkpoint.UserException;
import io.headwater.finetune.DataFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the JSON of SQuAD 1.1 and 2.0 (Rajpurkar et al., arXiv:1606.05250, arXiv:1806.03822):
 * {@code data[].paragraphs[]} with a {@code context} and {@code qas[]}, each with {@code id},
 * {@code question}, {@code answers[]} of {@code text} and {@code answer_start}.
 */
final class SquadFile {
  private static final JsonMapper JSON = new JsonMapper();

  private SquadFile() {}

  /**
   * All questions.
   *
   * @throws UserException naming the question whose answer is not where the file says
   */
  static List<Question> read(String name) {
    return DataFile.read(
        name,
        (file, questions) -> {
          JsonNode data = parse(file).path("data");
          if (!data.isArray()) {
            throw new UserException(
                "Cannot read questions of "
                    + name
                    + ": it has no list 'data' (SQuAD's JSON is read)");
          }
          for (JsonNode article : data) {
            for (JsonNode paragraph : article.path("paragraphs")) {
              String context = text(paragraph, "context", name);
              for (JsonNode asked : paragraph.path("qas")) {
                questions.add(question(asked, context, name));
              }
            }
          }
        });
  }

  private static JsonNode parse(DataFile file) throws IOException {
    try {
      return JSON.readTree(file.text());
    } catch (JsonProcessingException e) {
      if (e.getLocation() != null) {
        file.at(e.getLocation().getLineNr());
      }
      throw file.fault("it is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static Question question(JsonNode asked, String context, String name) {
    String id = text(asked, "id", name);
    List<Question.Answer> answers = new ArrayList<>();
    if (!asked.path("is_impossible").asBoolean(false)) {
      for (JsonNode given : asked.path("answers")) {
        answers.add(answer(given, id, context, name));
      }
    }
    return new Question(id, text(asked, "question", name), context, answers);
  }

  private static Question.Answer answer(JsonNode given, String id, String context, String name) {
    String text = text(given, "text", name);
    int start = given.path("answer_start").asInt(-1);
    if (start < 0 || !context.startsWith(text, start)) {
      throw new UserException(
          "Cannot read questions of "
              + name
              + ": the answer '"
              + text
              + "' of question "
              + id
              + " is not at character "
              + start
              + " of its context");
    }
    return new Question.Answer(text, start);
  }

  private static String text(JsonNode node, String key, String name) {
    JsonNode value = node.path(key);
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw new UserException(
          "Cannot read questions of "
              + name
              + ": '"
              + key
              + "' is missing or empty in "
              + abridged(node));
    }
    return value.textValue();
  }

  private static String abridged(JsonNode node) {
    String text = node.toString();
    return text.length() <= 80 ? text : text.substring(0, 80) + "...";
  }
}
