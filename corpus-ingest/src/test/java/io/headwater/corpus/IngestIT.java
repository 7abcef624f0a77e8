package io.headwater.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.UserException;
import io.headwater.corpus.shard.Corpus;
import io.headwater.corpus.shard.CorpusManifest;
import io.headwater.corpus.shard.Split;
import io.headwater.corpus.shard.TokenStream;
import io.headwater.corpus.source.DocumentOptions;
import io.headwater.corpus.source.DocumentUnit;
import io.headwater.corpus.tokenize.TokenizerOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class IngestIT {
  @TempDir Path folder;

  private SparkSession spark;
  private Path input;

  @BeforeEach
  void start() throws IOException {
    spark = LocalSpark.start(2);
    input = Files.createDirectory(folder.resolve("input"));
  }

  @AfterEach
  void stop() {
    spark.stop();
  }

  private IngestConfig config(String output) {
    return IngestConfig.of(List.of(input.toString()), folder.resolve(output).toString())
        .withTokenizer(new TokenizerOptions("bpe", 400));
  }

  private IngestConfig lines(String output) {
    return config(output).withDocuments(DocumentOptions.defaults().withUnit(DocumentUnit.LINE));
  }

  private CorpusManifest run(IngestConfig config) {
    return Ingest.run(spark, config, IngestProgress.none()).manifest();
  }

  private static List<String> poem(int count, long seed) {
    Random random = new Random(seed);
    String[] words = "the river runs past Zürich 北京 and on to a sea of 1000 stars".split(" ");
    return IntStream.range(0, count)
        .mapToObj(
            i -> {
              StringBuilder line = new StringBuilder("verse " + i);
              for (int k = random.nextInt(12); k >= 0; k--) {
                line.append(' ').append(words[random.nextInt(words.length)]);
              }
              return line.toString();
            })
        .toList();
  }

  private void write(String name, String text) throws IOException {
    Path file = input.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static Map<String, byte[]> bytes(Path directory) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(directory)) {
      for (Path file : all.toList()) {
        files.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }

  private Set<String> documents(String output) {
    Set<String> documents = new HashSet<>();
    try (Corpus corpus = Corpus.open(folder.resolve(output).toString())) {
      int end = corpus.tokenizer().endOfText().orElseThrow();
      for (Split split : Split.values()) {
        TokenStream stream = corpus.split(split);
        int[] ids = new int[(int) stream.tokens()];
        stream.read(0, ids.length, ids, 0);
        int start = 0;
        for (int i = 0; i < ids.length; i++) {
          if (ids[i] == end) {
            documents.add(corpus.tokenizer().decode(Arrays.copyOfRange(ids, start, i)));
            start = i + 1;
          }
        }
        assertThat(start).isEqualTo(ids.length);
      }
    }
    return documents;
  }

  private void assertNothingLeft(String output) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()).toList())
          .noneMatch(name -> name.contains(output));
    }
  }

  @Test
  void writesTheSameBytesWhateverTheParallelism() throws IOException {
    for (int file = 0; file < 7; file++) {
      write("part-" + file + ".txt", String.join("\n", poem(150, file)) + "\n");
    }
    run(lines("two").withMaxShardBytes(4000));
    spark.stop();
    spark = LocalSpark.start(1);
    run(lines("one").withMaxShardBytes(4000));
    spark.stop();
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.default.parallelism", 13)
            .config("spark.sql.adaptive.enabled", false)
            .getOrCreate();
    run(lines("thirteen").withMaxShardBytes(4000));
    Map<String, byte[]> expected = bytes(folder.resolve("one"));
    assertThat(expected.keySet())
        .contains("manifest.json", "tokenizer.json", "sources.jsonl", "train-00002.bin");
    for (String other : List.of("two", "thirteen")) {
      Map<String, byte[]> actual = bytes(folder.resolve(other));
      assertThat(actual.keySet()).isEqualTo(expected.keySet());
      expected.forEach((name, each) -> assertThat(actual.get(name)).as(name).isEqualTo(each));
    }
  }

  @Test
  void theSeedOrdersTheDocumentsAndNothingElse() throws IOException {
    write("a.txt", String.join("\n", poem(300, 1)));
    CorpusManifest first = run(lines("first").withSeed(1));
    CorpusManifest second = run(lines("second").withSeed(2));
    assertThat(second.splits()).isEqualTo(first.splits());
    assertThat(documents("second")).isEqualTo(documents("first"));
    assertThat(Files.readAllBytes(folder.resolve("first/train-00000.bin")))
        .isNotEqualTo(Files.readAllBytes(folder.resolve("second/train-00000.bin")));
  }

  @Test
  void boundsShardsAndKeepsTheirDocumentsWhole() throws IOException {
    List<String> poem = poem(500, 3);
    write("a.txt", String.join("\r\n", poem));
    CorpusManifest manifest = run(lines("corpus").withMaxShardBytes(1000));
    assertThat(manifest.splits().get(Split.TRAIN).shards()).isGreaterThan(5);
    for (CorpusManifest.FileEntry file : manifest.files()) {
      if (file.name().endsWith(".bin")) {
        assertThat(file.bytes()).as(file.name()).isLessThanOrEqualTo(1000);
      }
    }
    assertThat(documents("corpus")).isEqualTo(new HashSet<>(poem));
  }

  @Test
  void readsEveryFormatAndCompression() throws IOException {
    write("plain/a.txt", "plain text\nof two lines\n");
    write("b.jsonl", "{\"id\":1,\"text\":\"json \\u00e9\\n\"}\n\n{\"text\":\"json two\"}\n");
    write(
        "wiki_00",
        "<doc id=\"1\" url=\"u\" title=\"T\">\nT\n\nWiki body.\n\n</doc>\n"
            + "<doc id=\"2\" url=\"u\" title=\"S\">\nS\nOther.\n</doc>\n");
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(input.resolve("c.jsonl.gz")))) {
      out.write("{\"text\":\"gzipped json\"}\n".getBytes(StandardCharsets.UTF_8));
    }
    try (OutputStream out =
        new XZOutputStream(Files.newOutputStream(input.resolve("d.xz")), new LZMA2Options())) {
      out.write("xz text".getBytes(StandardCharsets.UTF_8));
    }
    try (ZipOutputStream out =
        new ZipOutputStream(Files.newOutputStream(input.resolve("e-sources.jar")))) {
      entry(out, "META-INF/MANIFEST.MF", "Manifest-Version: 1.0".getBytes(StandardCharsets.UTF_8));
      entry(out, "org/A.java", "class A {}".getBytes(StandardCharsets.UTF_8));
      entry(out, "org/B.scala", "object B".getBytes(StandardCharsets.UTF_8));
      entry(out, "org/C.class", new byte[] {(byte) 0xCA, (byte) 0xFE, 0, 0});
    }
    write("_SUCCESS", "not a document");
    write(".hidden/x.txt", "not a document either");
    CorpusManifest manifest = run(config("corpus"));
    assertThat(documents("corpus"))
        .containsExactlyInAnyOrder(
            "plain text\nof two lines\n",
            "json é\n",
            "json two",
            "T\n\nWiki body.\n",
            "S\nOther.",
            "gzipped json",
            "xz text",
            "class A {}",
            "object B");
    assertThat(manifest.input().skippedEntries()).isEqualTo(1);
    assertThat(manifest.input().sourceFiles()).isEqualTo(6);
    assertThat(Files.readAllLines(folder.resolve("corpus/sources.jsonl"))).hasSize(6);
  }

  private static void entry(ZipOutputStream out, String name, byte[] bytes) throws IOException {
    out.putNextEntry(new ZipEntry(name));
    out.write(bytes);
    out.closeEntry();
  }

  @Test
  void cutsParagraphs() throws IOException {
    write("a.txt", "one\ntwo\n\n\n  \nthree\n\nfour");
    run(
        config("corpus")
            .withDocuments(DocumentOptions.defaults().withUnit(DocumentUnit.PARAGRAPH)));
    assertThat(documents("corpus")).containsExactlyInAnyOrder("one\ntwo", "three", "four");
  }

  @Test
  void dropsAndCountsDuplicatesAndEmptyDocuments() throws IOException {
    List<String> lines = new ArrayList<>(poem(50, 9));
    lines.addAll(poem(50, 9));
    write("a.txt", String.join("\n", lines));
    write("b.jsonl", "{\"text\":\" \\n\"}\n{\"text\":\"" + lines.get(0) + "\"}\n");
    CorpusManifest.InputCounts counts = run(lines("corpus")).input();
    assertThat(counts.documentsRead()).isEqualTo(102);
    assertThat(counts.duplicates()).isEqualTo(51);
    assertThat(counts.empty()).isEqualTo(1);
    assertThat(counts.documentsKept()).isEqualTo(50);
    assertThat(documents("corpus")).hasSize(50);
  }

  @Test
  void replacesAndCountsInvalidUtf8() throws IOException {
    Files.write(
        input.resolve("a.txt"), "caf\u00e9 au lait\nfine\n".getBytes(StandardCharsets.ISO_8859_1));
    CorpusManifest.InputCounts counts = run(lines("corpus")).input();
    assertThat(counts.invalidUtf8()).isEqualTo(1);
    assertThat(counts.documentsWithInvalidUtf8()).isEqualTo(1);
    assertThat(documents("corpus")).containsExactlyInAnyOrder("caf\uFFFD au lait", "fine");
  }

  @Test
  void keepsADocumentForEachSplitWhereThereAreTwo() throws IOException {
    write("a.txt", "one\ntwo\n");
    CorpusManifest manifest = run(lines("corpus"));
    assertThat(manifest.splits().get(Split.TRAIN).documents()).isEqualTo(1);
    assertThat(manifest.splits().get(Split.VALIDATION).documents()).isEqualTo(1);
  }

  @Test
  void tellsItsProgress() throws IOException {
    write("a.txt", String.join("\n", poem(100, 1)));
    Set<IngestPhase> seen = java.util.Collections.synchronizedSet(new HashSet<>());
    Ingest.run(spark, lines("corpus"), (phase, completed, total) -> seen.add(phase));
    assertThat(seen).contains(IngestPhase.READ);
  }

  @Test
  void refusesWrongInputInOneLineAndLeavesNothing() throws IOException {
    Path random = folder.resolve("random.bin");
    byte[] noise = new byte[4096];
    new Random(1).nextBytes(noise);
    Files.write(random, noise);
    Path latin = folder.resolve("koi8.txt");
    byte[] cyrillic = new byte[3000];
    Arrays.fill(cyrillic, (byte) 0xC1);
    Files.write(latin, cyrillic);
    Path empty = Files.createFile(folder.resolve("empty.txt"));
    Path json = Files.writeString(folder.resolve("bad.jsonl"), "{\"text\":\"a\"}\n{\"body\":1}\n");
    Path cut = folder.resolve("cut.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(cut))) {
      out.write(noise);
    }
    Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 2000));
    Path wiki = Files.writeString(folder.resolve("wiki"), "<doc id=\"1\">\nnever closed\n");
    Path archive = folder.resolve("classes.jar");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(archive))) {
      entry(out, "A.class", new byte[] {0, 1});
    }
    assertRefused(random, "random.bin", "NUL bytes");
    assertRefused(latin, "koi8.txt", "3000 malformed sequences");
    assertRefused(empty, "empty.txt", "no text");
    assertRefused(folder.resolve("missing"), "missing", "no such file");
    assertRefused(folder.resolve("missing*.txt"), "missing*.txt", "no such file");
    assertRefused(json, "bad.jsonl", "line 2 has no field \"text\"");
    assertRefused(cut, "cut.gz", "compressed data is damaged");
    assertRefused(wiki, "wiki", "line 1 is never closed");
    assertRefused(archive, "classes.jar", "no text entry");
  }

  private void assertRefused(Path file, String name, String why) throws IOException {
    IngestConfig config = IngestConfig.of(List.of(file.toString()), folder + "/refused");
    assertThatThrownBy(() -> run(config))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(why)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    assertNothingLeft("refused");
  }

  @Test
  void refusesAnOutputThatIsNotEmpty() throws IOException {
    write("a.txt", "one\ntwo\n");
    Files.createDirectories(folder.resolve("empty"));
    run(lines("empty"));
    assertThatThrownBy(() -> run(lines("empty")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("exists and is not empty");
    Files.writeString(folder.resolve("file"), "x");
    assertThatThrownBy(() -> run(lines("file")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("exists and is a file");
    assertThatThrownBy(() -> run(lines("file/below")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Cannot write corpus");
  }

  @Test
  void refusesTokenizersAndSplitsThatCannotBe() throws IOException {
    write("a.txt", "one\ntwo\n");
    assertThatThrownBy(() -> run(lines("x").withTokenizer(TokenizerOptions.named("nope"))))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Cannot read tokenizer nope: no such file");
    assertThatThrownBy(() -> run(lines("x").withSplit(SplitOptions.tail())))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("2 documents");
    assertThatThrownBy(() -> run(config("x")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("only one");
    assertNothingLeft("x");
  }

  @Test
  void refusesADamagedCorpusByName() throws IOException {
    write("a.txt", String.join("\n", poem(100, 1)));
    CorpusManifest manifest = run(lines("corpus"));
    Path corpus = folder.resolve("corpus");
    for (CorpusManifest.FileEntry file : manifest.files()) {
      Path path = corpus.resolve(file.name());
      byte[] intact = Files.readAllBytes(path);
      Files.write(path, Arrays.copyOf(intact, intact.length - 1));
      assertRefusesToOpen(corpus, file.name());
      Files.delete(path);
      assertRefusesToOpen(corpus, file.name());
      byte[] flipped = intact.clone();
      flipped[flipped.length / 2] ^= 1;
      Files.write(path, flipped);
      assertThatThrownBy(() -> Corpus.verify(corpus.toString()))
          .isInstanceOf(UserException.class)
          .hasMessageContaining(file.name());
      Files.write(path, intact);
    }
    assertThat(Corpus.verify(corpus.toString())).isEqualTo(manifest);
    Path manifestFile = corpus.resolve("manifest.json");
    byte[] json = Files.readAllBytes(manifestFile);
    Files.write(manifestFile, Arrays.copyOf(json, json.length / 2));
    assertRefusesToOpen(corpus, "manifest.json");
    Files.delete(manifestFile);
    assertRefusesToOpen(corpus, "manifest.json");
  }

  private static void assertRefusesToOpen(Path corpus, String name) {
    assertThatThrownBy(() -> Corpus.open(corpus.toString()).close())
        .isInstanceOf(UserException.class)
        .hasMessageContaining(name);
  }
}
