package io.headwater.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headwater.corpus.shard.Corpus;
import io.headwater.corpus.shard.CorpusManifest;
import io.headwater.corpus.shard.Split;
import io.headwater.corpus.shard.TokenStream;
import io.headwater.corpus.source.DocumentOptions;
import io.headwater.corpus.source.DocumentUnit;
import io.headwater.corpus.tokenize.Tokenizer;
import io.headwater.corpus.tokenize.TokenizerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealCorporaIT {
  private static final Path DATA = Path.of(System.getProperty("headwater.data"));

  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private IngestConfig config(String input) {
    Path path = DATA.resolve(input);
    assumeTrue(Files.isDirectory(path.getParent()), "no data set " + path.getParent());
    return IngestConfig.of(List.of(path.toString()), folder.resolve("corpus").toString());
  }

  private static IngestReport run(IngestConfig config) {
    IngestReport report = Ingest.run(spark, config, IngestProgress.none());
    assertThat(Corpus.verify(config.output())).isEqualTo(report.manifest());
    return report;
  }

  private static String text(Corpus corpus, Split split) {
    TokenStream stream = corpus.split(split);
    int[] ids = new int[Math.toIntExact(stream.tokens())];
    stream.read(0, ids.length, ids, 0);
    return corpus.tokenizer().decode(ids);
  }

  @Test
  void tinyshakespeareIsNanoGptsCorpus() throws IOException {
    IngestConfig config =
        config("tinyshakespeare/input.txt")
            .withTokenizer(TokenizerOptions.named("char"))
            .withSplit(SplitOptions.tail());
    CorpusManifest manifest = run(config).manifest();
    assertThat(manifest.tokenizer().vocabularySize()).isEqualTo(65);
    assertThat(manifest.tokenizer().endOfText()).isNull();
    assertThat(manifest.splits().get(Split.TRAIN).tokens()).isEqualTo(1_003_854);
    assertThat(manifest.splits().get(Split.VALIDATION).tokens()).isEqualTo(111_540);
    String whole = Files.readString(DATA.resolve("tinyshakespeare/input.txt"));
    try (Corpus corpus = Corpus.open(config.output())) {
      assertThat(text(corpus, Split.TRAIN)).isEqualTo(whole.substring(0, 1_003_854));
      assertThat(text(corpus, Split.VALIDATION)).isEqualTo(whole.substring(1_003_854));
    }
  }

  @Test
  void wikipediaExtractsGiveOneDocumentEach() {
    IngestConfig config = config("enwiki-2014/enwiki_dev.txt.xz");
    IngestReport report = run(config);
    CorpusManifest manifest = report.manifest();
    assertThat(manifest.tokenizer().vocabularySize()).isEqualTo(8192);
    assertThat(manifest.input().documentsRead()).isGreaterThan(2000);
    assertThat(manifest.input().textBytes()).isBetween(50_000_000L, 53_000_000L);
    assertThat((double) manifest.input().textBytes() / manifest.tokens()).isGreaterThan(3.5);
    System.err.printf(
        "enwiki: %s%n %s%n %.0f tokens/s, %s%n",
        manifest.input(), manifest.splits(), report.tokensPerSecond(), report.phaseSeconds());
    try (Corpus corpus = Corpus.open(config.output())) {
      int[] ids = new int[200];
      corpus.split(Split.TRAIN).read(0, 200, ids, 0);
      Tokenizer tokenizer = corpus.tokenizer();
      assertThat(tokenizer.encode(tokenizer.decode(ids))).isNotEmpty();
    }
  }

  @Test
  void chinesePoemsByLine() {
    IngestConfig config =
        config("chinese-poetry-tang/tang.tsv.xz")
            .withDocuments(DocumentOptions.defaults().withUnit(DocumentUnit.LINE))
            .withTokenizer(TokenizerOptions.named("char"));
    CorpusManifest manifest = run(config).manifest();
    assertThat(manifest.input().documentsRead()).isGreaterThan(40_000);
    assertThat(manifest.input().invalidUtf8()).isZero();
    double share =
        (double) manifest.splits().get(Split.VALIDATION).documents()
            / manifest.input().documentsKept();
    assertThat(share).isBetween(0.047, 0.053);
    assertThat(manifest.tokenizer().endOfText())
        .isEqualTo(manifest.tokenizer().vocabularySize() - 1);
  }

  @Test
  void wikitextWithGpt2sTokenizer() {
    Path gpt2 = DATA.resolve("tokenizers/gpt2/tokenizer.json");
    IngestConfig config =
        config("wikitext-2/[tv]*.txt")
            .withDocuments(DocumentOptions.defaults().withUnit(DocumentUnit.PARAGRAPH))
            .withTokenizer(TokenizerOptions.named(gpt2.toString()));
    CorpusManifest manifest = run(config).manifest();
    assertThat(manifest.tokenizer().endOfText()).isEqualTo(50256);
    assertThat(manifest.input().sourceFiles()).isEqualTo(2);
  }
}
