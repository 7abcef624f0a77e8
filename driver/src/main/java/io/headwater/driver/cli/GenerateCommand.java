package io.headwater.driver.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.text.TextGeneration;
import io.headwater.model.generation.BeamSearch;
import io.headwater.model.generation.Sampling;
import io.headwater.model.generation.Strategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "generate",
    description = "Write text with a language model.",
    footer = {
      "",
      "Examples:",
      "  headwater generate --checkpoint run/step-00002000 --prompt \"ROMEO:\" --tokens 200",
      "  headwater generate --checkpoint t5 --prompt \"Thank you <extra_id_0> week.\" --beams 4"
    })
final class GenerateCommand implements Callable<Integer> {
  @Option(names = "--checkpoint", required = true, description = "Checkpoint folder.")
  private String checkpoint;

  @Option(
      names = "--prompt",
      description = "Text to go on from, or what a T5 reads; several times for several texts.")
  private List<String> prompts = new ArrayList<>();

  @Option(names = "--prompts", description = "File with a prompt on each line.")
  private Path promptFile;

  @Option(
      names = "--tokens",
      defaultValue = "200",
      description = "Tokens of a text at most; default ${DEFAULT-VALUE}.")
  private int tokens;

  @Option(
      names = "--temperature",
      description = "0 takes the most probable token; default 0.8, with --beams none.")
  private Double temperature;

  @Option(names = "--top-k", description = "Draw from the k most probable tokens; 0 from all.")
  private Integer topK;

  @Option(
      names = "--top-p",
      description = "Draw from the fewest tokens that together are at least this probable.")
  private Double topP;

  @Option(names = "--seed", description = "Of the draw; default 1.")
  private Long seed;

  @Option(names = "--beams", description = "Search with this many beams instead of drawing.")
  private Integer beams;

  @Option(
      names = "--length-penalty",
      description = "Of the search: 0 favours short texts, more longer ones; default 1.")
  private Double lengthPenalty;

  @Mixin private ExecutionOptions execution;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    List<String> read = prompts();
    TextGeneration.Result result =
        new TextGeneration(tokens, strategy(), execution.execution()).run(checkpoint, read);
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    ArrayNode texts = object.putArray("texts");
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < read.size(); i++) {
      texts.addObject().put("prompt", read.get(i)).put("text", result.texts().get(i));
      lines.add(read.get(i) + result.texts().get(i));
    }
    object.put("tokens", result.tokens());
    object.put("seconds", result.seconds());
    output.print(object, lines);
    return ExitCode.DONE;
  }

  private Strategy strategy() {
    if (beams == null && lengthPenalty != null) {
      throw new UserException("Cannot generate: --length-penalty belongs to --beams");
    }
    if (beams != null && (temperature != null || topK != null || topP != null || seed != null)) {
      throw new UserException(
          "Cannot generate: a search with --beams draws nothing; --temperature, --top-k, --top-p"
              + " and --seed do not go with it");
    }
    return beams == null
        ? new Sampling(or(temperature, 0.8), or(topK, 0), or(topP, 1.0), or(seed, 1L))
        : new BeamSearch(beams, or(lengthPenalty, 1.0));
  }

  private List<String> prompts() {
    if (promptFile == null) {
      return prompts.isEmpty() ? List.of("") : prompts;
    }
    if (!prompts.isEmpty()) {
      throw new UserException("Cannot generate: give either --prompt or --prompts");
    }
    try {
      List<String> lines = Files.readAllLines(promptFile);
      if (lines.isEmpty()) {
        throw new UserException("Cannot generate: " + promptFile + " has no line");
      }
      return lines;
    } catch (IOException e) {
      throw new UserException("Cannot read prompts from " + promptFile + ": " + e, e);
    }
  }

  private static <T> T or(T given, T otherwise) {
    return given == null ? otherwise : given;
  }
}
