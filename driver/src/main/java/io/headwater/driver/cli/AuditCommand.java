package io.headwater.driver.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.WordVectorSource;
import io.headwater.model.embedding.WordAssociation;
import io.headwater.model.embedding.WordCompany;
import io.headwater.model.embedding.WordSets;
import io.headwater.model.embedding.WordVectors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "audit",
    description = {
      "How word vectors, and the corpus they come from, associate groups of words: the Word",
      "Embedding Association Test of Caliskan et al. (2017)."
    },
    footer = {
      "",
      "Example:",
      "  headwater audit --task weat --checkpoint vectors/step-00000005 --test weat6.json"
    })
final class AuditCommand implements Callable<Integer> {
  @Option(names = "--task", required = true, description = "weat.")
  private String task;

  @Option(
      names = "--checkpoint",
      required = true,
      description = "Checkpoint folder of word vectors, or a .txt, .vec or .bin file.")
  private String checkpoint;

  @Option(
      names = "--test",
      required = true,
      arity = "1..*",
      description = "JSON files: targ1, targ2, attr1 and attr2, each with category and examples.")
  private List<Path> tests;

  @Option(
      names = "--corpus",
      description = "Text to test beside the vectors: words divided by blanks, a sentence a line.")
  private Path corpus;

  @Option(
      names = "--window",
      defaultValue = "5",
      description = "Words to each side that are near, in the corpus. Default ${DEFAULT-VALUE}.")
  private int window;

  @Option(names = "--ignore-case", description = "Look words up in lower case.")
  private boolean ignoreCase;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Of partitions, where there are too many for all. Default ${DEFAULT-VALUE}.")
  private long seed;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    if (!task.equals("weat")) {
      throw new UserException("Cannot use --task " + task + ": must be weat");
    }
    if (window < 1) {
      throw new UserException("Cannot use --window " + window + ": must be >= 1");
    }
    UnaryOperator<String> folded = word -> ignoreCase ? word.toLowerCase(Locale.ROOT) : word;
    List<WordSets> asked = tests.stream().map(WordSets::read).toList();
    WordVectors unit = WordVectorSource.read(checkpoint).normalized();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    List<String> lines = new ArrayList<>();
    for (WordSets sets : asked) {
      ObjectNode object = json.withArray("/tests").addObject().put("test", sets.toString());
      Set<String> missing = sets.words(word -> unit.vector(folded.apply(word)).isEmpty());
      WordAssociation.Result vectors =
          sets.only(word -> !missing.contains(word))
              .test((word, group) -> meanCosine(unit, word, group, folded), seed);
      lines.add(sets.toString());
      lines.add("  vectors  " + line(vectors, missing));
      put(object.putObject("vectors"), vectors, missing);
      if (corpus != null) {
        addCorpus(sets, folded, object, lines);
      }
    }
    output.print(json, lines);
    return ExitCode.DONE;
  }

  private void addCorpus(
      WordSets sets, UnaryOperator<String> folded, ObjectNode object, List<String> lines) {
    Set<String> among = Set.copyOf(sets.words(word -> true).stream().map(folded).toList());
    WordCompany company = WordCompany.read(corpus, among, window, ignoreCase);
    Set<String> missing = sets.words(word -> !company.has(folded.apply(word)));
    WordAssociation.Result result =
        sets.only(word -> !missing.contains(word))
            .test(
                (word, group) ->
                    company.information(folded.apply(word), group.stream().map(folded).toList()),
                seed);
    lines.add("  corpus   " + line(result, missing));
    put(object.putObject("corpus"), result, missing);
  }

  private static double meanCosine(
      WordVectors unit, String word, List<String> group, UnaryOperator<String> folded) {
    float[] one = unit.vector(folded.apply(word)).orElseThrow();
    double sum = 0;
    for (String member : group) {
      float[] other = unit.vector(folded.apply(member)).orElseThrow();
      for (int d = 0; d < one.length; d++) {
        sum += (double) one[d] * other[d];
      }
    }
    return sum / group.size();
  }

  private static String line(WordAssociation.Result result, Set<String> missing) {
    return String.format(
        Locale.ROOT,
        "effect size %+.3f, p %s%.5f%s",
        result.effectSize(),
        result.exact() ? "" : "~ ",
        result.pValue(),
        missing.isEmpty() ? "" : "; without " + String.join(", ", missing));
  }

  private static void put(ObjectNode object, WordAssociation.Result result, Set<String> missing) {
    object.put("effect_size", result.effectSize());
    object.put("p_value", result.pValue());
    object.put("exact", result.exact());
    missing.forEach(object.putArray("missing")::add);
  }
}
