package io.headwater.driver.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.driver.words.WordVectorSource;
import io.headwater.finetune.words.TextReading;
import io.headwater.model.embedding.WordAssociation;
import io.headwater.model.embedding.WordCompany;
import io.headwater.model.embedding.WordSets;
import io.headwater.model.embedding.WordVectors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.function.ToDoubleBiFunction;
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
      description =
          "Text to test beside the vectors, cut into words as theirs was, a sentence a line.")
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
    int done = 0;
    for (WordSets sets : asked) {
      ObjectNode object = json.withArray("/tests").addObject().put("test", sets.toString());
      lines.add(sets.toString());
      done +=
          audit(
              sets,
              "vectors",
              word -> unit.vector(folded.apply(word)).isPresent(),
              (word, group) -> meanCosine(unit, word, group, folded),
              object,
              lines);
      if (corpus != null) {
        auditCorpus(sets, folded, object, lines);
      }
    }
    if (done == 0) {
      throw new UserException(
          "Cannot audit " + checkpoint + ": " + String.join("; ", lines).replaceAll(" {2,}", " "));
    }
    output.print(json, lines);
    return ExitCode.DONE;
  }

  private void auditCorpus(
      WordSets sets, UnaryOperator<String> folded, ObjectNode object, List<String> lines) {
    Set<String> among = Set.copyOf(sets.words(word -> true).stream().map(folded).toList());
    TextReading theirs = WordVectorSource.reading(checkpoint);
    TextReading reading = ignoreCase ? theirs.ignoringCase() : theirs;
    WordCompany company = WordCompany.read(corpus, among, window, reading.segmenter()::words);
    audit(
        sets,
        "corpus",
        word -> company.has(folded.apply(word)),
        (word, group) ->
            company.information(folded.apply(word), group.stream().map(folded).toList()),
        object,
        lines);
  }

  /** One test; returns how many could be made, 1 or 0. */
  private int audit(
      WordSets sets,
      String of,
      Predicate<String> known,
      ToDoubleBiFunction<String, List<String>> nearness,
      ObjectNode object,
      List<String> lines) {
    Set<String> missing = sets.words(known.negate());
    Optional<String> why = sets.untestable(known);
    ObjectNode result = object.putObject(of);
    if (why.isPresent()) {
      lines.add("  %-8s no test: %s".formatted(of, why.get()));
      result.put("skipped", why.get());
      missing.forEach(result.putArray("missing")::add);
      return 0;
    }
    WordAssociation.Result test = sets.only(known).test(nearness, seed);
    lines.add("  %-8s %s".formatted(of, line(test, missing)));
    put(result, test, missing);
    return 1;
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
