package io.headwater.driver.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.interchange.HuggingFaceExport;
import io.headwater.driver.words.WordVectorSource;
import io.headwater.model.embedding.GloveFormat;
import io.headwater.model.embedding.Word2VecFormat;
import io.headwater.model.embedding.WordVectors;
import io.headwater.model.fasttext.ClassifierFormat;
import io.headwater.model.fasttext.FastTextClassifier;
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
    description = "Write a checkpoint in a format of other programs.",
    footer = {
      "",
      "Examples:",
      "  headwater export --checkpoint run/step-00002000 --output for-transformers",
      "  headwater export --checkpoint vectors/step-00000005 --format word2vec-binary --output v.bin"
    })
final class ExportCommand implements Callable<Integer> {
  private static final String HUGGING_FACE = "hugging-face";
  private static final String FORMATS =
      HUGGING_FACE
          + ", or of word vectors word2vec-text, word2vec-binary, fasttext-vec, fasttext-bin or glove-text";

  @Option(
      names = "--checkpoint",
      required = true,
      description = "Checkpoint folder; of word vectors also a .txt, .vec or .bin file.")
  private String checkpoint;

  @Option(
      names = "--format",
      defaultValue = HUGGING_FACE,
      description = FORMATS + "; default ${DEFAULT-VALUE}.")
  private String format;

  @Option(
      names = "--output",
      required = true,
      description = "File of word vectors, or folder for transformers, to write.")
  private String target;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    if (format.equals(HUGGING_FACE)) {
      HuggingFaceExport done = HuggingFaceExport.run(checkpoint, target);
      output.print(done.toJson(), done.lines());
    } else {
      exportWordVectors(Path.of(target));
    }
    return ExitCode.DONE;
  }

  private void exportWordVectors(Path file) {
    if (format.equals("fasttext-bin") && WordVectorSource.isClassifier(checkpoint)) {
      FastTextClassifier model = WordVectorSource.readClassifier(checkpoint);
      ClassifierFormat.write(model, file);
      written(file, model.words().size(), model.settings().dim());
      return;
    }
    WordVectors vectors =
        switch (format) {
          case "word2vec-text", "fasttext-vec" -> words(Word2VecFormat.TEXT, file);
          case "word2vec-binary" -> words(Word2VecFormat.BINARY, file);
          case "fasttext-bin" -> subwords(file);
          case "glove-text" -> glove(file);
          default ->
              throw new UserException(
                  "Cannot use --format " + format + " (must be " + FORMATS + ")");
        };
    written(file, vectors.words().size(), vectors.dim());
  }

  private void written(Path file, int words, int dim) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("file", file.toString());
    json.put("words", words);
    json.put("dim", dim);
    output.print(json, List.of(words + " words of " + dim + " numbers in " + file));
  }

  private WordVectors words(Word2VecFormat to, Path file) {
    WordVectors vectors = WordVectorSource.read(checkpoint);
    to.write(vectors, file);
    return vectors;
  }

  private WordVectors glove(Path file) {
    WordVectors vectors = WordVectorSource.read(checkpoint);
    GloveFormat.write(vectors, file);
    return vectors;
  }

  private WordVectors subwords(Path file) {
    FastTextModel model = WordVectorSource.readFastText(checkpoint);
    FastTextFormat.write(model, file);
    return model.vectors();
  }
}
