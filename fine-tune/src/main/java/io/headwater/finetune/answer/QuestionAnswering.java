package io.headwater.finetune.answer;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.checkpoint.UserException;
import io.headwater.finetune.Columns;
import io.headwater.finetune.Labels;
import io.headwater.finetune.Task;
import io.headwater.finetune.TaskData;
import io.headwater.finetune.TaskModel;
import io.headwater.finetune.TextEncoder;
import io.headwater.model.Execution;
import io.headwater.model.ModelFamily;
import io.headwater.model.head.HeadedNetwork;
import io.headwater.model.head.SpanHead;
import java.util.ArrayList;
import java.util.List;

/**
 * Extractive question answering.
 *
 * @param stride tokens from one window over a long text to the next
 * @param longestAnswer most tokens of an answer that is given
 */
public record QuestionAnswering(int stride, int longestAnswer)
    implements Task<Question, HeadedNetwork> {
  public QuestionAnswering {
    if (stride < 1) {
      throw new UserException("Cannot read texts by strides of " + stride + " (must be >= 1)");
    }
    if (longestAnswer < 1) {
      throw new UserException("Cannot give answers of " + longestAnswer + " tokens (must be >= 1)");
    }
  }

  @Override
  public String name() {
    return "question-answering";
  }

  /** SQuAD's JSON has no columns. */
  @Override
  public List<Question> read(String file, Columns columns) {
    return SquadFile.read(file);
  }

  @Override
  public HeadedNetwork network(
      ModelFamily family, JsonNode config, Labels labels, Execution execution) {
    return family.headed(config, new SpanHead(), execution);
  }

  @Override
  public TaskData prepare(List<Question> questions, String file, TaskModel<HeadedNetwork> model) {
    HeadedNetwork network = model.network();
    TextEncoder encoder = new TextEncoder(network.framing(), model.tokenizer(), model.maxLength());
    List<ContextTokens> contexts = new ArrayList<>();
    List<Window> windows = new ArrayList<>();
    for (int i = 0; i < questions.size(); i++) {
      Question question = questions.get(i);
      ContextTokens context = ContextTokens.of(question.context(), model.tokenizer());
      String place = file + ", question " + question.id();
      if (context.size() == 0) {
        throw new UserException(
            "Cannot use " + place + ": the tokenizer makes no token of its context");
      }
      int[] asked = encoder.tokens(question.question(), place);
      contexts.add(context);
      windows.addAll(Window.over(i, asked, context, encoder, stride));
    }
    return new AskedWindows(
        network, questions, contexts, windows, encoder.maxLength(), longestAnswer);
  }

  @Override
  public String adapterType(HeadedNetwork network) {
    return "QUESTION_ANS";
  }
}
