package io.headwater.driver.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.WordVectorSource;
import io.headwater.model.embedding.GloveFormat;
import io.headwater.model.embedding.Word2VecFormat;
import io.headwater.model.embedding.WordVectors;
import io.headwater.model.fasttext.FastTextFormat;
import io.headwater.model.fasttext.FastTextModel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "export",
    description = "Write word vectors in a format of other programs.",
    footer = {
      "",
      "Example:",
      "  headwater export --checkpoint vectors/step-00000005 --format word2vec-binary --output v.bin"
    })
final class ExportCommand implements Callable<Integer> {
  private static final String FORMATS =
      "word2vec-text, word2vec-binary, fasttext-vec, fasttext-bin or glove-text";

  @Option(
      names = "--checkpoint",
      required = true,
      description = "Checkpoint folder of word vectors, or a .txt, .vec or .bin file.")
  private String checkpoint;

  @Option(names = "--format", required = true, description = FORMATS + ".")
  private String format;

  @Option(names = "--output", required = true, description = "File to write.")
  private Path file;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    WordVectors vectors =
        switch (format) {
          case "word2vec-text", "fasttext-vec" -> words(Word2VecFormat.TEXT);
          case "word2vec-binary" -> words(Word2VecFormat.BINARY);
          case "fasttext-bin" -> subwords();
          case "glove-text" -> glove();
          default ->
              throw new UserException(
                  "Cannot use --format " + format + " (must be " + FORMATS + ")");
        };
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("file", file.toString());
    json.put("words", vectors.words().size());
    json.put("dim", vectors.dim());
    output.print(
        json,
        List.of(vectors.words().size() + " words of " + vectors.dim() + " numbers in " + file));
    return ExitCode.DONE;
  }

  private WordVectors words(Word2VecFormat to) {
    WordVectors vectors = WordVectorSource.read(checkpoint);
    to.write(vectors, file);
    return vectors;
  }

  private WordVectors glove() {
    WordVectors vectors = WordVectorSource.read(checkpoint);
    GloveFormat.write(vectors, file);
    return vectors;
  }

  private WordVectors subwords() {
    FastTextModel model = WordVectorSource.readFastText(checkpoint);
    FastTextFormat.write(model, file);
    return model.vectors();
  }
}
