package io.headwater.finetune.write;

import io.headwater.checkpoint.UserException;
import io.headwater.corpus.tokenize.Tokenizer;
import io.headwater.finetune.LabelledExample;
import io.headwater.finetune.Scores;
import io.headwater.finetune.TaskData;
import io.headwater.finetune.TaskModel;
import io.headwater.model.Batch;
import io.headwater.model.Decoding;
import io.headwater.model.LanguageModel;
import io.headwater.model.Measure;
import io.headwater.model.generation.Limits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Prompts and the texts wanted after them, as tokens.
 *
 * @param wanted with the end of text
 * @param references the wanted texts as they were
 */
record WrittenTexts(
    Writing task,
    TaskModel<LanguageModel> model,
    List<int[]> prompts,
    List<int[]> wanted,
    List<String> references,
    int truncated)
    implements TaskData {
  private static final int SCORING_BATCH = 32; // fixed, so that scores do not depend on settings

  static WrittenTexts of(
      Writing task, List<LabelledExample> examples, String file, TaskModel<LanguageModel> model) {
    List<int[]> prompts = new ArrayList<>();
    List<int[]> wanted = new ArrayList<>();
    int truncated = 0;
    int end = end(model);
    for (LabelledExample example : examples) {
      int[] text = tokens(model.tokenizer(), example.label(), example.place(file));
      int[] kept = Arrays.copyOf(text, Math.min(text.length + 1, longestText(model)));
      kept[kept.length - 1] = end;
      Prompt prompt =
          prompt(
              task, model, example, example.place(file), model.network().promptRoom(kept.length));
      truncated += kept.length <= text.length || prompt.cut ? 1 : 0;
      prompts.add(prompt.tokens);
      wanted.add(kept);
    }
    List<String> references = examples.stream().map(LabelledExample::label).toList();
    return new WrittenTexts(task, model, prompts, wanted, references, truncated);
  }

  private record Prompt(int[] tokens, boolean cut) {}

  /** The template around as much of the text as there is room for. */
  private static Prompt prompt(
      Writing task,
      TaskModel<LanguageModel> model,
      LabelledExample example,
      String place,
      int room) {
    Tokenizer tokenizer = model.tokenizer();
    int limit = Math.min(room, model.maxLength());
    String text = example.text();
    int[] tokens = tokens(tokenizer, task.template().replace(Writing.TEXT, text), place);
    boolean cut = tokens.length > limit;
    while (tokens.length > limit) {
      if (text.isEmpty()) {
        throw new UserException(
            "Cannot use "
                + place
                + ": the template alone is longer than the "
                + limit
                + " tokens that there is room for");
      }
      // Characters are no more than tokens times the longest token's; cut by what is too much.
      int keep = Math.min(text.length() - 1, (int) ((long) text.length() * limit / tokens.length));
      text = text.substring(0, text.offsetByCodePoints(0, text.codePointCount(0, keep)));
      tokens = tokens(tokenizer, task.template().replace(Writing.TEXT, text), place);
    }
    return new Prompt(tokens, cut);
  }

  /** A GPT's texts share the context with their prompts, a T5's do not. */
  private static int longestText(TaskModel<LanguageModel> model) {
    return Math.max(
        2, model.network().readsPromptsApart() ? model.maxLength() : model.maxLength() / 2);
  }

  private static int end(TaskModel<LanguageModel> model) {
    OptionalInt own = model.network().endOfText();
    return own.isPresent()
        ? own.getAsInt()
        : model
            .tokenizer()
            .endOfText()
            .orElseThrow(
                () ->
                    new UserException(
                        "Cannot learn to write texts: the tokenizer has no end of text to end them"
                            + " with"));
  }

  private static int[] tokens(Tokenizer tokenizer, String text, String place) {
    int[] tokens = tokenizer.encode(text);
    if (tokens.length == 0) {
      throw new UserException("Cannot use " + place + ": the tokenizer makes no token of its text");
    }
    return tokens;
  }

  @Override
  public int size() {
    return prompts.size();
  }

  @Override
  public int length(int row) {
    return prompts.get(row).length + wanted.get(row).length;
  }

  @Override
  public Batch batch(int[] rows, long seed) {
    return model
        .network()
        .examples(
            Arrays.stream(rows).mapToObj(prompts::get).toList(),
            Arrays.stream(rows).mapToObj(wanted::get).toList(),
            task.labelSmoothing(),
            seed);
  }

  @Override
  public Scores score() {
    String[] written = new String[size()];
    Measure loss = null;
    int[] byLength =
        IntStream.range(0, size())
            .boxed()
            .sorted(Comparator.comparingInt(this::length))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int from = 0; from < size(); from += SCORING_BATCH) {
      int[] rows = Arrays.copyOfRange(byLength, from, Math.min(size(), from + SCORING_BATCH));
      Measure batch = model.network().measure(batch(rows, 0)).get(0);
      loss = loss == null ? batch : loss.plus(batch);
      List<String> texts = write(rows);
      for (int i = 0; i < rows.length; i++) {
        written[rows[i]] = texts.get(i);
      }
    }
    return new Scores(size(), measures(List.of(written), loss.mean()));
  }

  private List<String> write(int[] rows) {
    int tokens = longestText(model);
    Tokenizer tokenizer = model.tokenizer();
    int end = end(model);
    Limits limits = new Limits(tokens, OptionalInt.of(end), tokenizer::following);
    List<int[]> read = Arrays.stream(rows).mapToObj(prompts::get).toList();
    try (Decoding decoding = model.network().decode(read, tokens)) {
      return task.strategy().write(decoding, limits).stream()
          .map(ids -> Arrays.copyOf(ids, tokenizer.whole(ids)))
          .map(ids -> Arrays.stream(ids).filter(id -> id < tokenizer.vocabularySize()).toArray())
          .map(tokenizer::decode)
          .map(String::strip)
          .toList();
    }
  }

  private Map<String, Double> measures(List<String> written, double loss) {
    Map<String, Double> all = new LinkedHashMap<>();
    all.put("bleu", Bleu.of(written, references.stream().map(List::of).toList()));
    all.put("rouge_1", Rouge.shared(1, written, references));
    all.put("rouge_2", Rouge.shared(2, written, references));
    all.put("rouge_l", Rouge.longest(written, references));
    all.put("exact_match", exactMatches(written));
    all.put("loss", loss);
    Map<String, Double> ordered = new LinkedHashMap<>();
    ordered.put(task.kind().measure(), all.get(task.kind().measure()));
    all.forEach(ordered::putIfAbsent);
    return ordered;
  }

  private double exactMatches(List<String> written) {
    return IntStream.range(0, size())
            .filter(i -> written.get(i).equals(references.get(i).strip()))
            .count()
        / (double) size();
  }
}
