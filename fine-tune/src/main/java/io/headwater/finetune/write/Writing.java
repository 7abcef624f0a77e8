package io.headwater.finetune.write;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.checkpoint.UserException;
import io.headwater.finetune.Columns;
import io.headwater.finetune.LabelledExample;
import io.headwater.finetune.Labels;
import io.headwater.finetune.Task;
import io.headwater.finetune.TaskData;
import io.headwater.finetune.TaskModel;
import io.headwater.model.Execution;
import io.headwater.model.LanguageModel;
import io.headwater.model.ModelFamily;
import io.headwater.model.generation.Strategy;
import java.util.List;
import java.util.Objects;

/**
 * Writes a text for a text, with a T5 or a GPT: the loss is that of the wanted text alone, each of
 * its tokens after the true ones before it (teacher forcing).
 *
 * @param kind what is written
 * @param template what the model reads, with {@value #TEXT} where the text stands
 * @param strategy by which texts are written to be scored
 * @param labelSmoothing share of the wanted distribution that is spread over all tokens (Vaswani et
 *     al., arXiv:1706.03762, who translate with 0.1); the loss that is reported as a score has none
 */
public record Writing(Kind kind, String template, Strategy strategy, double labelSmoothing)
    implements Task<LabelledExample, LanguageModel> {
  /** Stands for the text in a template. */
  public static final String TEXT = "{text}";

  /** What texts are written for. */
  public enum Kind {
    /** Scored by BLEU first. */
    TRANSLATION("translation", "translate: {text}", "bleu"),
    /** Scored by ROUGE-L first. */
    SUMMARIZATION("summarization", "summarize: {text}", "rouge_l"),
    /** Anything put into words; scored by the share of texts that are just the wanted ones. */
    TEXT_TO_TEXT("text-to-text", "{text}", "exact_match"),
    /** Answers to prompts; scored by ROUGE-L first. */
    INSTRUCTION("instruction", "### Instruction:\n{text}\n\n### Response:\n", "rouge_l");

    private final String taskName;
    private final String template;
    private final String measure;

    Kind(String taskName, String template, String measure) {
      this.taskName = taskName;
      this.template = template;
      this.measure = measure;
    }

    public String taskName() {
      return taskName;
    }

    /** The measure by which models are compared. */
    String measure() {
      return measure;
    }

    /** What the model reads if nothing else is said. */
    public String template() {
      return template;
    }
  }

  /** Without label smoothing. */
  public Writing(Kind kind, String template, Strategy strategy) {
    this(kind, template, strategy, 0);
  }

  public Writing {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(strategy, "strategy");
    if (!template.contains(TEXT)) {
      throw new UserException(
          "Cannot use template '" + template + "': it must hold " + TEXT + ", for the text");
    }
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new UserException(
          "Cannot fine-tune with label-smoothing " + labelSmoothing + " (must be in [0, 1))");
    }
  }

  @Override
  public String name() {
    return kind.taskName();
  }

  @Override
  public List<LabelledExample> read(String file, Columns columns) {
    return TextPairs.read(file, columns);
  }

  @Override
  public LanguageModel network(
      ModelFamily family, JsonNode config, Labels labels, Execution execution) {
    return family.languageModel(config, execution);
  }

  @Override
  public TaskData prepare(
      List<LabelledExample> examples, String file, TaskModel<LanguageModel> model) {
    return WrittenTexts.of(this, examples, file, model);
  }

  @Override
  public String adapterType(LanguageModel network) {
    return network.readsPromptsApart() ? "SEQ_2_SEQ_LM" : "CAUSAL_LM";
  }
}
