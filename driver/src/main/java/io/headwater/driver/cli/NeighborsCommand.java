package io.headwater.driver.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.words.WordVectorSource;
import io.headwater.model.embedding.WordVectors;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "neighbors",
    description = "The words whose vectors lie nearest to a word's, by cosine.",
    footer = {"", "Example:", "  headwater neighbors --checkpoint vectors/step-00000005 paris"})
final class NeighborsCommand implements Callable<Integer> {
  @Parameters(paramLabel = "WORD", description = "The word.")
  private String word;

  @Option(
      names = "--checkpoint",
      required = true,
      description = "Checkpoint folder of word vectors, or a .txt, .vec or .bin file.")
  private String checkpoint;

  @Option(names = "--count", defaultValue = "10", description = "Default ${DEFAULT-VALUE}.")
  private int count;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    if (count < 1) {
      throw new UserException("Cannot use --count " + count + " (must be >= 1)");
    }
    WordVectors unit = WordVectorSource.read(checkpoint).normalized();
    float[] vector =
        unit.vector(word)
            .orElseThrow(
                () ->
                    new UserException(
                        "Cannot find neighbors: '"
                            + word
                            + "' is not among "
                            + unit.words().size()
                            + " words"));
    List<WordVectors.Neighbor> neighbors =
        unit.nearest(vector, count, Set.of(unit.id(word)), unit.words().size());
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("word", word);
    neighbors.forEach(
        neighbor ->
            json.withArray("/neighbors")
                .addObject()
                .put("word", neighbor.word())
                .put("cosine", neighbor.cosine()));
    output.print(
        json,
        neighbors.stream()
            .map(n -> String.format(Locale.ROOT, "%.4f  %s", n.cosine(), n.word()))
            .toList());
    return ExitCode.DONE;
  }
}
