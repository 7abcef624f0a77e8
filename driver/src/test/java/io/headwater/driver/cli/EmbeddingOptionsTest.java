package io.headwater.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.driver.config.EmbeddingConfigReader;
import io.headwater.driver.config.EmbeddingSection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What is given on the command line is what the run is configured with. */
class EmbeddingOptionsTest {
  /** An option, a value, and what must have it. */
  private record Given(String option, String value, Function<EmbeddingSection, Object> setting) {}

  private static final List<Given> WINDOWS =
      List.of(
          new Given("--algorithm", "skipgram", EmbeddingSection::algorithm),
          new Given("--loss", "ns", EmbeddingSection::loss),
          new Given("--segmentation", "characters", EmbeddingSection::segmentation),
          new Given("--phrases", "210,110", section -> String.join(",", section.phrases())),
          new Given("--dim", "31", EmbeddingSection::dim),
          new Given("--window", "32", EmbeddingSection::window),
          new Given("--min-count", "33", EmbeddingSection::minCount),
          new Given("--sample", "0.034", EmbeddingSection::sample),
          new Given("--negative", "35", EmbeddingSection::negative),
          new Given("--negatives", "pair", EmbeddingSection::negatives),
          new Given("--learning-rate", "0.036", EmbeddingSection::learningRate),
          new Given("--epochs", "37", EmbeddingSection::epochs),
          new Given("--threads", "38", EmbeddingSection::threads));
  private static final List<Given> SUBWORDS =
      List.of(
          new Given("--algorithm", "cbow", EmbeddingSection::algorithm),
          new Given("--loss", "hs", EmbeddingSection::loss),
          new Given("--min-n", "2", EmbeddingSection::minN),
          new Given("--max-n", "7", EmbeddingSection::maxN),
          new Given("--buckets", "41", EmbeddingSection::buckets),
          new Given("--lr", "0.042", EmbeddingSection::learningRate));
  private static final List<Given> COUNTS =
      List.of(
          new Given("--x-max", "51.5", EmbeddingSection::xMax),
          new Given("--alpha", "0.52", EmbeddingSection::alpha));

  @Command
  private static final class Words {
    @Mixin private EmbeddingOptions embedding;
  }

  @Test
  void everyOptionSetsItsKey() {
    assertSet("word2vec", WINDOWS);
    assertSet("fasttext", SUBWORDS);
    assertSet("glove", COUNTS);
  }

  @Test
  void noOptionIsForgottenHere() {
    Set<String> told = new HashSet<>();
    List.of(WINDOWS, SUBWORDS, COUNTS).forEach(all -> all.forEach(each -> told.add(each.option())));
    Set<String> offered = new HashSet<>();
    new CommandLine(new Words())
        .getCommandSpec()
        .options()
        .forEach(option -> offered.addAll(List.of(option.names())));
    assertThat(told).isEqualTo(offered);
  }

  private static void assertSet(String family, List<Given> all) {
    Words words = new Words();
    List<String> arguments = new ArrayList<>();
    all.forEach(given -> arguments.addAll(List.of(given.option(), given.value())));
    new CommandLine(words).parseArgs(arguments.toArray(String[]::new));

    Map<String, String> settings = words.embedding.settings();
    assertThat(settings).hasSameSizeAs(all);
    EmbeddingSection section =
        EmbeddingConfigReader.read(
                Optional.empty(),
                List.of("corpus=text", "output=run", "model.preset=" + family),
                settings)
            .embedding();
    for (Given given : all) {
      assertThat(given.setting().apply(section))
          .asString()
          .as(given.option())
          .isEqualTo(given.value());
    }
  }
}
