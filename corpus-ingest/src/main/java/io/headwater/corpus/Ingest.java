package io.headwater.corpus;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.headwater.checkpoint.UserException;
import io.headwater.corpus.Encoding.PartitionParts;
import io.headwater.corpus.OrderedDocuments.Document;
import io.headwater.corpus.shard.CorpusManifest;
import io.headwater.corpus.shard.CorpusManifest.FileEntry;
import io.headwater.corpus.shard.CorpusManifest.InputCounts;
import io.headwater.corpus.shard.CorpusManifest.SplitCounts;
import io.headwater.corpus.shard.CorpusManifest.SplitEntry;
import io.headwater.corpus.shard.CorpusManifest.TokenizerEntry;
import io.headwater.corpus.shard.ElementType;
import io.headwater.corpus.shard.Part;
import io.headwater.corpus.shard.ShardPlan;
import io.headwater.corpus.shard.ShardWriter;
import io.headwater.corpus.shard.Split;
import io.headwater.corpus.source.SourceCounts;
import io.headwater.corpus.source.SourceFile;
import io.headwater.corpus.source.SourceListing;
import io.headwater.corpus.tokenize.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.CollectionAccumulator;

/** Reads documents and writes a corpus folder, as one Spark application's jobs. */
public final class Ingest {
  /** Text that one task encodes; compressed input is taken to hold four times its size. */
  private static final long BYTES_PER_TASK = 32L << 20;

  private static final int MAX_TASKS = 100_000;

  private final SparkSession spark;
  private final JavaSparkContext context;
  private final Configuration configuration;
  private final IngestConfig config;
  private final IngestProgress progress;
  private final PhaseClock clock;

  private Ingest(
      SparkSession spark, IngestConfig config, IngestProgress progress, PhaseClock clock) {
    this.spark = spark;
    this.context = new JavaSparkContext(spark.sparkContext());
    this.configuration = spark.sparkContext().hadoopConfiguration();
    this.config = config;
    this.progress = progress;
    this.clock = clock;
  }

  /**
   * Runs an ingest. The output folder appears whole at the end or not at all.
   *
   * @throws UserException when the input or the output folder is wrong
   */
  public static IngestReport run(SparkSession spark, IngestConfig config, IngestProgress progress) {
    PhaseClock clock = new PhaseClock(progress);
    spark.sparkContext().addSparkListener(clock);
    try (Staging staging =
        Staging.create(config.output(), spark.sparkContext().hadoopConfiguration())) {
      CorpusManifest manifest = new Ingest(spark, config, progress, clock).run(staging);
      return new IngestReport(manifest, clock.finish(), clock.phaseSeconds());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot ingest: " + e.getMessage(), e);
    } finally {
      spark.sparkContext().removeSparkListener(clock);
    }
  }

  private CorpusManifest run(Staging staging) throws IOException {
    clock.enter(IngestPhase.READ);
    if (CorpusTokenizer.isGiven(config.tokenizer())) {
      CorpusTokenizer.given(config.tokenizer().tokenizer(), configuration).close();
    }
    List<SourceFile> sources = SourceListing.list(config.inputs(), configuration);
    CollectionAccumulator<SourceCounts> reports = spark.sparkContext().collectionAccumulator();
    clock.follow(() -> figures(bySource(reports)));
    JavaRDD<Document> documents = read(sources, reports);
    CorpusStatistics statistics =
        CorpusStatistics.of(documents, CorpusTokenizer.needsCodePoints(config.tokenizer()));
    Map<Integer, SourceCounts> counts = bySource(reports);
    checkRead(counts, statistics);
    InputCounts input = inputCounts(counts, statistics);
    progress.reached(figures(input, 0, 0));
    Division division = Division.of(config.split(), statistics);

    clock.enter(IngestPhase.TOKENIZER);
    try (Tokenizer tokenizer =
        CorpusTokenizer.make(config.tokenizer(), documents, statistics, division, configuration)) {
      ElementType type = ElementType.forVocabulary(tokenizer.vocabularySize());

      clock.enter(IngestPhase.ENCODE);
      List<PartitionParts> parts =
          Encoding.run(context, documents, division, tokenizer.json(), type, staging);

      long tokens = parts.stream().mapToLong(Ingest::tokens).sum();
      progress.reached(figures(input, tokens, 0));

      clock.enter(IngestPhase.WRITE);
      ShardWriter writer = new ShardWriter(staging.files(), staging.folder(), "driver");
      List<FileEntry> files = new ArrayList<>();
      Map<Split, SplitCounts> splits = writeShards(parts, type, staging, files);
      files.add(writer.write(CorpusManifest.TOKENIZER_FILE, tokenizer.json()));
      files.add(writer.write(CorpusManifest.SOURCES_FILE, sourceLines(sources, counts)));
      files.sort(Comparator.comparing(FileEntry::name));
      CorpusManifest manifest =
          new CorpusManifest(
              CorpusManifest.FORMAT_VERSION,
              entry(tokenizer),
              type,
              config.seed(),
              new SplitEntry(
                  config.split().method().name().toLowerCase(Locale.ROOT),
                  config.split().validationFraction()),
              splits,
              input,
              files);
      writer.write(CorpusManifest.FILE, manifest.json());
      staging.commit();
      progress.reached(figures(input, tokens, files.stream().mapToLong(FileEntry::bytes).sum()));
      return manifest;
    }
  }

  private JavaRDD<Document> read(
      List<SourceFile> sources, CollectionAccumulator<SourceCounts> reports) {
    long bytes = sources.stream().mapToLong(SourceFile::bytes).sum();
    int cores = context.defaultParallelism();
    int ranges = (int) Math.min(MAX_TASKS, Math.max(cores, 4 * bytes / BYTES_PER_TASK));
    int readers = Math.min(sources.size(), Math.max(4 * cores, ranges));
    return OrderedDocuments.read(
        spark, sources, config.documents(), config.seed(), Math.max(1, readers), ranges, reports);
  }

  /** A task that was retried has reported its sources again, with the same figures. */
  private static Map<Integer, SourceCounts> bySource(CollectionAccumulator<SourceCounts> reports) {
    Map<Integer, SourceCounts> counts = new TreeMap<>();
    reports.value().forEach(each -> counts.put(each.source(), each));
    return counts;
  }

  private void checkRead(Map<Integer, SourceCounts> counts, CorpusStatistics statistics) {
    for (SourceCounts each : counts.values()) {
      if (each.problem() != null) {
        throw new UserException(each.problem());
      }
    }
    if (statistics.documents() == 0) {
      throw new UserException(
          "Cannot ingest "
              + String.join(", ", config.inputs())
              + ": no text in "
              + counts.size()
              + " files");
    }
  }

  private Map<Split, SplitCounts> writeShards(
      List<PartitionParts> parts, ElementType type, Staging staging, List<FileEntry> files)
      throws IOException {
    List<ShardPlan> plans = new ArrayList<>();
    Map<Split, SplitCounts> splits = new EnumMap<>(Split.class);
    for (Split split : Split.values()) {
      List<Part> ofSplit = parts.stream().map(each -> each.of(split)).toList();
      List<ShardPlan> planned =
          ShardPlan.plan(
              split, ofSplit, type, config.maxShardBytes(), staging.files(), staging.folder());
      plans.addAll(planned);
      splits.put(
          split,
          new SplitCounts(
              ofSplit.stream().mapToLong(Part::documents).sum(),
              ofSplit.stream().mapToLong(Part::tokens).sum(),
              planned.size()));
    }
    if (!plans.isEmpty()) {
      context
          .parallelize(plans, plans.size())
          .map(plan -> new ArrayList<>(shardWriter(staging).write(plan, type)))
          .collect()
          .forEach(files::addAll);
    }
    return splits;
  }

  private static ShardWriter shardWriter(Staging staging) throws IOException {
    String attempt = Long.toString(TaskContext.get().taskAttemptId());
    return new ShardWriter(staging.files(), staging.folder(), attempt);
  }

  private TokenizerEntry entry(Tokenizer tokenizer) {
    Integer endOfText = tokenizer.endOfText().isPresent() ? tokenizer.endOfText().getAsInt() : null;
    return new TokenizerEntry(
        config.tokenizer().tokenizer(), tokenizer.vocabularySize(), endOfText);
  }

  private static long tokens(PartitionParts parts) {
    return parts.train().tokens() + parts.validation().tokens();
  }

  /** While input is read: no document is known to be unlike all others yet. */
  private static IngestFigures figures(Map<Integer, SourceCounts> counts) {
    return new IngestFigures(
        counts.size(),
        counts.values().stream().mapToLong(SourceCounts::bytes).sum(),
        counts.values().stream().mapToLong(SourceCounts::documents).sum(),
        counts.values().stream().mapToLong(SourceCounts::empty).sum(),
        0,
        0,
        0,
        0);
  }

  private static IngestFigures figures(InputCounts input, long tokens, long outputBytes) {
    return new IngestFigures(
        input.sourceFiles(),
        input.sourceBytes(),
        input.documentsRead(),
        input.empty(),
        input.duplicates(),
        input.documentsKept(),
        tokens,
        outputBytes);
  }

  private static InputCounts inputCounts(
      Map<Integer, SourceCounts> counts, CorpusStatistics statistics) {
    long documents = 0;
    long empty = 0;
    long bytes = 0;
    long invalid = 0;
    long withInvalid = 0;
    long skipped = 0;
    for (SourceCounts each : counts.values()) {
      documents += each.documents();
      empty += each.empty();
      bytes += each.bytes();
      invalid += each.invalidUtf8();
      withInvalid += each.documentsWithInvalidUtf8();
      skipped += each.skippedEntries();
    }
    return new InputCounts(
        counts.size(),
        bytes,
        documents,
        documents - empty - statistics.documents(),
        empty,
        statistics.textBytes(),
        invalid,
        withInvalid,
        skipped);
  }

  private static byte[] sourceLines(List<SourceFile> sources, Map<Integer, SourceCounts> counts)
      throws IOException {
    JsonMapper mapper = new JsonMapper();
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (SourceFile source : sources) {
      SourceCounts read = counts.get(source.number());
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("uri", source.uri());
      line.put("bytes", read.bytes());
      line.put("sha256", read.sha256());
      line.put("documents", read.documents());
      lines.write(mapper.writeValueAsBytes(line));
      lines.write('\n');
    }
    return lines.toByteArray();
  }
}
