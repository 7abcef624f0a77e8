package io.headwater.finetune.answer;

import java.util.List;

/**
 * A question about a text.
 *
 * @param id of the data set
 * @param answers as people gave them; empty if the text has none
 */
record Question(String id, String question, String context, List<Answer> answers) {
  /**
   * A part of the text.
   *
   * @param start its first character in the context
   */
  record Answer(String text, int start) {
    int end() {
      return start + text.length();
    }
  }

  Question {
    answers = List.copyOf(answers);
  }

  boolean answerable() {
    return !answers.isEmpty();
  }
}
