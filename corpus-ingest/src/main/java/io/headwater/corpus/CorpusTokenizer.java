package io.headwater.corpus;

import io.headwater.checkpoint.UserException;
import io.headwater.corpus.OrderedDocuments.Document;
import io.headwater.corpus.shard.Split;
import io.headwater.corpus.tokenize.Tokenizer;
import io.headwater.corpus.tokenize.TokenizerOptions;
import io.headwater.corpus.tokenize.Tokenizers;
import io.headwater.corpus.tokenize.WordCounter;
import io.headwater.corpus.tokenize.WordCounter.WordCount;
import io.headwater.corpus.tokenize.WordPieceCase;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/** Gets the tokenizer that a corpus is encoded with. */
final class CorpusTokenizer {
  /** Unique words that a task adds up before it hands them on. */
  private static final int WORDS_PER_TASK = 1 << 20;

  private CorpusTokenizer() {}

  static boolean needsCodePoints(TokenizerOptions options) {
    return options.tokenizer().equals("char");
  }

  static Tokenizer make(
      TokenizerOptions options,
      JavaRDD<Document> documents,
      CorpusStatistics statistics,
      Division division,
      Configuration configuration)
      throws IOException {
    return switch (options.tokenizer()) {
      case "byte" -> Tokenizers.bytes();
      case "char" -> Tokenizers.characters(statistics.codePoints(), statistics.documents() > 1);
      case "bpe" ->
          Tokenizers.trainBpe(wordCounts(documents, division, options), options.vocabularySize());
      case "wordpiece" -> trainWordPiece(documents, division, options, WordPieceCase.LOWER);
      case "wordpiece-cased" -> trainWordPiece(documents, division, options, WordPieceCase.KEPT);
      default -> given(options.tokenizer(), configuration);
    };
  }

  private static Tokenizer trainWordPiece(
      JavaRDD<Document> documents,
      Division division,
      TokenizerOptions options,
      WordPieceCase letters) {
    return Tokenizers.trainWordPiece(
        wordCounts(documents, division, options), options.vocabularySize(), letters);
  }

  /** A tokenizer from a file, before any document is read. */
  static Tokenizer given(String file, Configuration configuration) throws IOException {
    Path path = new Path(file);
    try (InputStream in = path.getFileSystem(configuration).open(path)) {
      return Tokenizer.parse(in.readAllBytes());
    } catch (FileNotFoundException e) {
      throw new UserException(
          "Cannot read tokenizer "
              + file
              + ": no such file; valid are byte, char, bpe, wordpiece, wordpiece-cased or the path of"
              + " a tokenizer.json",
          e);
    }
  }

  static boolean isGiven(TokenizerOptions options) {
    return !List.of("byte", "char", "bpe", "wordpiece", "wordpiece-cased")
        .contains(options.tokenizer());
  }

  /** Of the training split alone: validation must not leak into the vocabulary. */
  private static List<WordCount> wordCounts(
      JavaRDD<Document> documents, Division division, TokenizerOptions options) {
    String tokenizer = options.tokenizer();
    return documents
        .mapPartitions(part -> new Words(part, division, counter(tokenizer)))
        .mapToPair(each -> new Tuple2<>(each.word(), each.count()))
        .reduceByKey(Long::sum)
        .map(each -> new WordCount(each._1(), each._2()))
        .collect();
  }

  private static WordCounter counter(String tokenizer) {
    return switch (tokenizer) {
      case "wordpiece" -> WordCounter.ofCharacters(WORDS_PER_TASK, WordPieceCase.LOWER);
      case "wordpiece-cased" -> WordCounter.ofCharacters(WORDS_PER_TASK, WordPieceCase.KEPT);
      default -> WordCounter.ofBytes(WORDS_PER_TASK);
    };
  }

  /** A partition's words, counted in a map of bounded size. */
  private static final class Words implements Iterator<WordCount> {
    private final Iterator<Document> documents;
    private final Division division;
    private final WordCounter counter;
    private Iterator<WordCount> drained = List.<WordCount>of().iterator();

    Words(Iterator<Document> documents, Division division, WordCounter counter) {
      this.counter = counter;
      this.documents = documents;
      this.division = division;
    }

    @Override
    public boolean hasNext() {
      while (!drained.hasNext() && documents.hasNext()) {
        while (documents.hasNext() && !counter.isFull()) {
          count(documents.next());
        }
        drained = counter.drain();
      }
      return drained.hasNext();
    }

    private void count(Document document) {
      if (division.isTail()) {
        byte[] text = document.text();
        counter.add(Arrays.copyOf(text, division.trainBytes(text)));
      } else if (division.splitOf(document.key()) == Split.TRAIN) {
        counter.add(document.text());
      }
    }

    @Override
    public WordCount next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return drained.next();
    }
  }
}
