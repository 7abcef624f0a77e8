package io.headwater.driver.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.driver.TextGeneration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "generate",
    description = "Draw text from a language model.",
    footer = {
      "",
      "Example:",
      "  headwater generate --checkpoint run/step-00002000 --prompt \"ROMEO:\" --tokens 200"
    })
final class GenerateCommand implements Callable<Integer> {
  @Option(names = "--checkpoint", required = true, description = "Checkpoint folder.")
  private String checkpoint;

  @Option(names = "--prompt", defaultValue = "", description = "Text to go on from.")
  private String prompt;

  @Option(
      names = "--tokens",
      defaultValue = "200",
      description = "Tokens to draw; default ${DEFAULT-VALUE}.")
  private int tokens;

  @Option(
      names = "--temperature",
      defaultValue = "0.8",
      description = "0 takes the most probable token; default ${DEFAULT-VALUE}.")
  private double temperature;

  @Option(
      names = "--top-k",
      defaultValue = "0",
      description = "Draw from the k most probable tokens; 0 from all.")
  private int topK;

  @Option(names = "--seed", defaultValue = "1", description = "Of the draw.")
  private long seed;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    String text = new TextGeneration(tokens, temperature, topK, seed).run(checkpoint, prompt);
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("prompt", prompt);
    object.put("text", text);
    output.print(object, List.of(prompt + text));
    return ExitCode.DONE;
  }
}
