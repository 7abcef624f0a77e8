package io.headwater.driver.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.UserException;
import io.headwater.corpus.tokenize.Tokenizer;
import io.headwater.model.generation.Limits;
import io.headwater.model.t5.SpanTokens;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Between text and the tokens that a language model reads and writes: its tokenizer's and, of a T5,
 * the sentinels, written as {@code <extra_id_0>}.
 */
final class ModelText implements AutoCloseable {
  private static final Pattern SENTINEL = Pattern.compile("<extra_id_(\\d{1,2})>");

  private final Tokenizer tokenizer;
  private final Optional<SpanTokens> spans;

  private ModelText(Tokenizer tokenizer, Optional<SpanTokens> spans) {
    this.tokenizer = tokenizer;
    this.spans = spans;
  }

  static ModelText of(Checkpoint checkpoint) {
    byte[] json =
        checkpoint
            .tokenizer()
            .orElseThrow(
                () ->
                    new UserException(
                        "Cannot generate from "
                            + checkpoint.directory()
                            + ": it has no tokenizer.json"));
    JsonNode config = checkpoint.config();
    Optional<SpanTokens> spans =
        SpanTokens.has(config) ? Optional.of(SpanTokens.of(config)) : Optional.empty();
    return new ModelText(Tokenizer.parse(json), spans);
  }

  /** The tokens of a prompt; of an empty one those that stand before a document. */
  int[] read(String prompt) {
    if (spans.isPresent()) {
      return withSentinels(prompt, spans.get());
    }
    if (!prompt.isEmpty()) {
      return tokenizer.encode(prompt);
    }
    OptionalInt end = tokenizer.endOfText();
    return end.isPresent() ? new int[] {end.getAsInt()} : tokenizer.encode("\n");
  }

  private int[] withSentinels(String prompt, SpanTokens tokens) {
    IntStream.Builder ids = IntStream.builder();
    Matcher sentinels = SENTINEL.matcher(prompt);
    int from = 0;
    for (MatchResult sentinel : sentinels.results().toList()) {
      addText(prompt.substring(from, sentinel.start()), ids);
      ids.add(tokens.sentinel(Integer.parseInt(sentinel.group(1))));
      from = sentinel.end();
    }
    addText(prompt.substring(from), ids);
    return ids.build().toArray();
  }

  private void addText(String text, IntStream.Builder ids) {
    if (!text.isEmpty()) {
      Arrays.stream(tokenizer.encode(text)).forEach(ids);
    }
  }

  /** What may be written: never half a character. */
  Limits limits(int tokens, OptionalInt endOfModel) {
    OptionalInt end = endOfModel.isPresent() ? endOfModel : tokenizer.endOfText();
    return new Limits(tokens, end, tokenizer::following);
  }

  /** The text of tokens; a character that the limit has cut is left out. */
  String write(int[] ids) {
    int[] whole = Arrays.copyOf(ids, tokenizer.whole(ids));
    StringBuilder text = new StringBuilder();
    int from = 0;
    for (int at = 0; at < whole.length; at++) {
      if (!isText(whole[at])) {
        text.append(tokenizer.decode(Arrays.copyOfRange(whole, from, at)));
        text.append(sentinel(whole[at]));
        from = at + 1;
      }
    }
    return text.append(tokenizer.decode(Arrays.copyOfRange(whole, from, whole.length))).toString();
  }

  private boolean isText(int id) {
    return id < tokenizer.vocabularySize() && sentinel(id).isEmpty();
  }

  private String sentinel(int id) {
    int index = spans.map(tokens -> tokens.firstSentinel() - id).orElse(-1);
    return index >= 0 && index < SpanTokens.SENTINELS ? " <extra_id_" + index + "> " : "";
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
