package io.headwater.finetune.answer;

import io.headwater.finetune.Scores;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * SQuAD's measures: {@code f1}, the mean over the questions of the F1 of the words that a given and
 * a true answer share, and {@code exact_match}, the part whose answer is a true one; of several
 * true answers the best counts. Before, both are put in lower case and lose punctuation, articles
 * and superfluous blanks, as its evaluation script does.
 */
final class AnswerScores {
  private static final Pattern PUNCTUATION = Pattern.compile("\\p{Punct}"); // of ASCII
  private static final Pattern ARTICLES =
      Pattern.compile("\\b(a|an|the)\\b", Pattern.UNICODE_CHARACTER_CLASS);

  private int questions;
  private double f1;
  private double exact;

  void add(Question question, String given) {
    List<String> truths =
        question.answerable()
            ? question.answers().stream().map(Question.Answer::text).toList()
            : List.of("");
    f1 += truths.stream().mapToDouble(truth -> f1(given, truth)).max().orElseThrow();
    exact += truths.stream().anyMatch(truth -> normal(truth).equals(normal(given))) ? 1 : 0;
    questions++;
  }

  Scores scores() {
    Map<String, Double> measures = new LinkedHashMap<>();
    measures.put("f1", f1 / questions);
    measures.put("exact_match", exact / questions);
    return new Scores(questions, measures);
  }

  static String normal(String answer) {
    String bare = PUNCTUATION.matcher(answer.toLowerCase(Locale.ROOT)).replaceAll("");
    return ARTICLES.matcher(bare).replaceAll(" ").strip().replaceAll("\\s+", " ");
  }

  static double f1(String given, String truth) {
    List<String> a = words(given);
    List<String> b = words(truth);
    if (a.isEmpty() || b.isEmpty()) {
      return a.equals(b) ? 1 : 0;
    }
    Map<String, Integer> left = new HashMap<>();
    b.forEach(word -> left.merge(word, 1, Integer::sum));
    int shared = 0;
    for (String word : a) {
      if (left.merge(word, -1, Integer::sum) >= 0) {
        shared++;
      }
    }
    return shared == 0 ? 0 : 2.0 * shared / (a.size() + b.size());
  }

  private static List<String> words(String answer) {
    return Arrays.stream(normal(answer).split(" ")).filter(word -> !word.isEmpty()).toList();
  }
}
