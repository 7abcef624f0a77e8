package io.headwater.finetune.answer;

import io.headwater.finetune.EncodedTexts;
import io.headwater.finetune.Scores;
import io.headwater.finetune.TaskData;
import io.headwater.model.LabelledBatch;
import io.headwater.model.Target;
import io.headwater.model.head.HeadedNetwork;
import java.util.Arrays;
import java.util.List;

/**
 * Windows over the contexts of questions. Where a window does not hold the answer, its first place
 * is the true one, which says so.
 */
final class AskedWindows implements TaskData {
  private static final int NO_ANSWER = 0; // place in a sequence

  private final HeadedNetwork network;
  private final List<Question> questions;
  private final List<ContextTokens> contexts;
  private final List<Window> windows;
  private final EncodedTexts texts;
  private final int longestAnswer;

  AskedWindows(
      HeadedNetwork network,
      List<Question> questions,
      List<ContextTokens> contexts,
      List<Window> windows,
      int maxLength,
      int longestAnswer) {
    this.network = network;
    this.questions = questions;
    this.contexts = contexts;
    this.windows = windows;
    this.texts = new EncodedTexts(windows.stream().map(Window::encoded).toList(), maxLength);
    this.longestAnswer = longestAnswer;
  }

  @Override
  public int size() {
    return windows.size();
  }

  @Override
  public int length(int row) {
    return texts.length(row);
  }

  /** Questions whose own text was cut; contexts are read whole. */
  @Override
  public int truncated() {
    return texts.truncated();
  }

  @Override
  public LabelledBatch batch(int[] rows, long seed) {
    int[] starts = new int[rows.length];
    int[] ends = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      int[] span = span(windows.get(rows[i]));
      starts[i] = span[0];
      ends[i] = span[1];
    }
    return new LabelledBatch(texts.batch(rows, seed), new Target.Spans(starts, ends));
  }

  /** First and last place of the first answer. */
  private int[] span(Window window) {
    Question question = questions.get(window.question());
    if (question.answerable()) {
      ContextTokens context = contexts.get(window.question());
      Question.Answer answer = question.answers().get(0);
      int first = context.tokenAt(answer.start());
      int last = context.lastOfWord(context.tokenAt(answer.end() - 1));
      if (window.holds(first, last)) {
        return new int[] {window.place(first), window.place(last)};
      }
    }
    return new int[] {NO_ANSWER, NO_ANSWER};
  }

  /** No answer is given only where some question of the file has none. */
  @Override
  public Scores score() {
    Span[] best = new Span[questions.size()];
    double[] nothing = new double[questions.size()];
    Arrays.fill(nothing, Double.POSITIVE_INFINITY);
    texts.inBatches(
        (rows, batch) -> {
          float[] scores = network.outputs(batch);
          for (int row = 0; row < rows.length; row++) {
            Window window = windows.get(rows[row]);
            int first = 2 * row * batch.length();
            int question = window.question();
            best[question] = better(best[question], best(window, scores, first));
            // The window that is surest that there is an answer decides.
            nothing[question] = Math.min(nothing[question], scores[first] + scores[first + 1]);
          }
        });
    boolean mayHaveNone = questions.stream().anyMatch(question -> !question.answerable());
    AnswerScores scores = new AnswerScores();
    for (int i = 0; i < best.length; i++) {
      boolean none = mayHaveNone && nothing[i] > best[i].score;
      scores.add(questions.get(i), none ? "" : text(i, best[i]));
    }
    return scores.scores();
  }

  /** Tokens of a context. */
  private record Span(int first, int last, double score) {}

  private static Span better(Span one, Span other) {
    return one == null || other.score > one.score ? other : one;
  }

  /**
   * @param from where the window's scores begin: of start and end for each place
   */
  private Span best(Window window, float[] scores, int from) {
    int begin = window.encoded().second();
    Span best = null;
    for (int start = begin; start < begin + window.size(); start++) {
      int limit = Math.min(begin + window.size(), start + longestAnswer);
      for (int end = start; end < limit; end++) {
        double score = scores[from + 2 * start] + scores[from + 2 * end + 1];
        if (best == null || score > best.score) {
          best = new Span(window.token(start), window.token(end), score);
        }
      }
    }
    return best;
  }

  private String text(int question, Span span) {
    ContextTokens context = contexts.get(question);
    return questions
        .get(question)
        .context()
        .substring(context.starts()[span.first], context.ends()[span.last]);
  }
}
