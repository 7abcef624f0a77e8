package io.headwater.driver.cli;

import io.headwater.driver.interchange.HuggingFaceImport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "import",
    description = "Make a checkpoint of a folder that Hugging Face's transformers wrote.",
    footer = {
      "",
      "What can be read: docs/format/hugging-face.md.",
      "",
      "Example:",
      "  headwater import --from bert-base-uncased --output bert"
    })
final class ImportCommand implements Callable<Integer> {
  @Option(
      names = "--from",
      required = true,
      description = "Folder of a GPT-2, BERT or T5: config.json, safetensors, tokenizer.")
  private String from;

  @Option(names = "--output", required = true, description = "Folder of the checkpoint.")
  private String directory;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Of heads that a bare body lacks; default ${DEFAULT-VALUE}.")
  private long seed;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    HuggingFaceImport done = HuggingFaceImport.run(from, directory, seed);
    output.print(done.toJson(), done.lines());
    return ExitCode.DONE;
  }
}
