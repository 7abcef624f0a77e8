package io.headwater.driver.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.corpus.Ingest;
import io.headwater.corpus.IngestConfig;
import io.headwater.corpus.IngestReport;
import io.headwater.corpus.SplitMethod;
import io.headwater.corpus.SplitOptions;
import io.headwater.corpus.shard.CorpusManifest.InputCounts;
import io.headwater.corpus.shard.CorpusManifest.SplitCounts;
import io.headwater.corpus.shard.Split;
import io.headwater.corpus.source.DocumentOptions;
import io.headwater.corpus.source.DocumentUnit;
import io.headwater.corpus.source.InputFormat;
import io.headwater.corpus.tokenize.TokenizerOptions;
import io.headwater.driver.config.MetricsSection;
import io.headwater.driver.run.IngestMetrics;
import io.headwater.driver.run.MetricsEndpoint;
import io.headwater.driver.run.Progress;
import io.headwater.driver.spark.SparkApplication;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "ingest",
    description = "Turn documents into corpus shards.",
    footer = {
      "",
      "Example:",
      "  headwater ingest --input articles.jsonl.gz --tokenizer bpe --vocab-size 8192 --output corpus"
    })
final class IngestCommand implements Callable<Integer> {
  @Option(
      names = "--input",
      required = true,
      arity = "1..*",
      description = "Files, directories or globs; paths or Hadoop URIs; .gz and .xz are unpacked.")
  private List<String> inputs;

  @Option(names = "--output", required = true, description = "Corpus folder to make.")
  private String directory;

  @Option(
      names = "--format",
      defaultValue = "auto",
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}, by content.")
  private InputFormat format;

  @Option(
      names = "--document",
      defaultValue = "file",
      description = "What a document is in plain text: ${COMPLETION-CANDIDATES}; default file.")
  private DocumentUnit unit;

  @Option(
      names = "--text-field",
      defaultValue = "text",
      description = "JSONL field that holds the document; default ${DEFAULT-VALUE}.")
  private String textField;

  @Option(
      names = "--tokenizer",
      defaultValue = "bpe",
      description =
          "byte, char, bpe, wordpiece, wordpiece-cased, or path of a tokenizer.json; default"
              + " ${DEFAULT-VALUE}.")
  private String tokenizer;

  @Option(
      names = "--vocab-size",
      defaultValue = "8192",
      description = "Entries of a trained vocabulary; default ${DEFAULT-VALUE}.")
  private int vocabularySize;

  @Option(
      names = "--split",
      defaultValue = "hash",
      description =
          "Validation by hash of documents, or the tail of one long text:"
              + " ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private SplitMethod split;

  @Option(
      names = "--validation-fraction",
      description = "Part kept for validation; default 0.05, of a tail 0.1.")
  private Double validationFraction;

  @Option(names = "--seed", defaultValue = "0", description = "Of the order of documents.")
  private long seed;

  @Option(names = "--master", defaultValue = "", description = "Spark master URL.")
  private String master;

  @Option(
      names = "--metrics-port",
      defaultValue = "0",
      description = "Serve Prometheus metrics on this port.")
  private int metricsPort;

  @Option(
      names = "--metrics-address",
      defaultValue = "",
      description = "Address that it is bound to; default: all of this machine.")
  private String metricsAddress;

  @Option(names = "--run-id", description = "Name of the run; default: the last of --output.")
  private String runId;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    IngestConfig config =
        IngestConfig.of(inputs, directory)
            .withDocuments(new DocumentOptions(format, unit, textField))
            .withTokenizer(new TokenizerOptions(tokenizer, vocabularySize))
            .withSplit(splitOptions())
            .withSeed(seed);
    MetricsSection metrics = new MetricsSection(metricsPort, metricsAddress, 0, 0);
    try (Progress progress = output.progress();
        MetricsEndpoint endpoint = MetricsEndpoint.start(metrics.address(), metrics.port());
        SparkApplication spark = SparkApplication.start("headwater ingest", master, 1, 1)) {
      IngestMetrics follower = new IngestMetrics(id(), tokenizer, new IngestDisplay(progress));
      IngestReport report = Ingest.run(spark.session(), config, follower);
      progress.close();
      print(report);
    }
    return ExitCode.DONE;
  }

  private String id() {
    return runId == null ? directory.replaceAll("/+$", "").replaceAll("^.*[/:]", "") : runId;
  }

  private SplitOptions splitOptions() {
    SplitOptions options = split == SplitMethod.TAIL ? SplitOptions.tail() : SplitOptions.byHash();
    return validationFraction == null ? options : new SplitOptions(split, validationFraction);
  }

  private void print(IngestReport report) {
    InputCounts input = report.manifest().input();
    SplitCounts train = report.manifest().splits().get(Split.TRAIN);
    SplitCounts validation = report.manifest().splits().get(Split.VALIDATION);
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("status", "succeeded");
    object.put("output", directory);
    object.put("documents", input.documentsKept());
    object.put("duplicates", input.duplicates());
    object.put("empty", input.empty());
    object.put("invalid_utf8", input.invalidUtf8());
    object.put("tokens", report.manifest().tokens());
    object.put("train_tokens", train.tokens());
    object.put("validation_tokens", validation.tokens());
    object.put("vocabulary_size", report.manifest().tokenizer().vocabularySize());
    object.put("seconds", report.seconds());
    object.put("tokens_per_second", report.tokensPerSecond());
    output.print(
        object,
        List.of(
            format("%,d documents", input.documentsKept())
                + format(" (%,d duplicates, %,d empty)", input.duplicates(), input.empty()),
            format("%,d tokens for training, ", train.tokens())
                + format("%,d for validation", validation.tokens()),
            format("%,d malformed UTF-8 sequences replaced", input.invalidUtf8()),
            format("%.1f s; corpus in %s", report.seconds(), directory)));
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
