package io.headwater.driver.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.headwater.checkpoint.UserException;
import io.headwater.corpus.words.Segmenter;
import io.headwater.driver.words.WordVectorSource;
import io.headwater.model.embedding.TextLines;
import io.headwater.model.embedding.WordVectors;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "embed",
    description = {
      "A vector for each line of text: the mean of its words' vectors, each of length 1. Words that",
      "have none do not count; a line without any that has one gets zeros."
    },
    footer = {
      "",
      "Example:",
      "  headwater embed --checkpoint vectors/step-00000005 --input lines.txt --output lines.tsv"
    })
final class EmbedCommand implements Callable<Integer> {
  @Option(
      names = "--checkpoint",
      required = true,
      description = "Checkpoint folder of word vectors, or a .txt, .vec or .bin file.")
  private String checkpoint;

  @Option(
      names = "--input",
      required = true,
      description = "Text, cut into words as that of the vectors was, else at blanks.")
  private Path input;

  @Option(
      names = "--output",
      required = true,
      description = "File to write: a line of numbers, divided by tabs, for each line of text.")
  private Path target;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    WordVectors unit = WordVectorSource.read(checkpoint).normalized();
    Segmenter segmenter = WordVectorSource.reading(checkpoint).segmenter();
    Path draft = target.resolveSibling(target.getFileName() + ".partial");
    long lines = 0;
    long empty = 0;
    try (BufferedReader text = TextLines.open(input)) {
      try (Writer out = Files.newBufferedWriter(draft, StandardCharsets.UTF_8)) {
        for (String line = text.readLine(); line != null; line = text.readLine()) {
          float[] mean = new float[unit.dim()];
          empty += add(unit, segmenter.words(line), mean) == 0 ? 1 : 0;
          write(mean, out);
          lines++;
        }
      }
      Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UserException("Cannot embed " + input + " into " + target + ": " + e, e);
    }
    output.print(
        JsonNodeFactory.instance
            .objectNode()
            .put("lines", lines)
            .put("dim", unit.dim())
            .put("without_vector", empty),
        List.of(
            "%,d lines of %,d numbers in %s; %,d without a known word"
                .formatted(lines, unit.dim(), target, empty)));
    return ExitCode.DONE;
  }

  /** Makes the mean of the words' vectors; returns how many have one. */
  private static int add(WordVectors unit, List<String> words, float[] mean) {
    int known = 0;
    for (String word : words) {
      Optional<float[]> vector = unit.vector(word);
      if (vector.isPresent()) {
        known++;
        for (int d = 0; d < mean.length; d++) {
          mean[d] += vector.orElseThrow()[d];
        }
      }
    }
    for (int d = 0; d < mean.length && known > 0; d++) {
      mean[d] /= known;
    }
    return known;
  }

  private static void write(float[] mean, Writer out) throws IOException {
    for (int d = 0; d < mean.length; d++) {
      out.write(d == 0 ? "" : "\t");
      out.write(Float.toString(mean[d]));
    }
    out.write("\n");
  }
}
