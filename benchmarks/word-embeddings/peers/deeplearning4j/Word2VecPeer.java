import java.io.File;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.models.embeddings.learning.impl.elements.SkipGram;
import org.deeplearning4j.models.word2vec.VocabWord;
import org.deeplearning4j.models.word2vec.Word2Vec;
import org.deeplearning4j.text.sentenceiterator.BasicLineIterator;
import org.deeplearning4j.text.tokenization.tokenizerfactory.DefaultTokenizerFactory;

/**
 * Deeplearning4j's skip-gram with negative sampling.
 *
 * <p>Usage: Word2VecPeer TEXT VECTORS EPOCHS THREADS SEED. Prints words a second of {@code fit}
 * with a vocabulary that was built before.
 */
public final class Word2VecPeer {
  private static final int MIN_COUNT = 5;

  private Word2VecPeer() {}

  public static void main(String[] args) throws Exception {
    File text = new File(args[0]);
    int epochs = Integer.parseInt(args[2]);
    long words = occurrences(text.toPath());
    Word2Vec model =
        new Word2Vec.Builder()
            .elementsLearningAlgorithm(new SkipGram<VocabWord>())
            .layerSize(100)
            .windowSize(5)
            .negativeSample(5)
            .useHierarchicSoftmax(false)
            .sampling(1e-4)
            .learningRate(0.025)
            .minLearningRate(2.5e-6)
            .minWordFrequency(MIN_COUNT)
            .iterations(1)
            .epochs(epochs)
            .workers(Integer.parseInt(args[3]))
            .seed(Long.parseLong(args[4]))
            .iterate(new BasicLineIterator(text))
            .tokenizerFactory(new DefaultTokenizerFactory())
            .build();
    model.buildVocab();
    long begin = System.nanoTime();
    model.fit();
    double seconds = (System.nanoTime() - begin) * 1e-9;
    System.out.printf("%.0f%n", epochs * words / seconds);
    write(model, Path.of(args[1]));
  }

  private static void write(Word2Vec model, Path file) throws Exception {
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
      out.println(model.getVocab().numWords() + " 100");
      for (String word : model.getVocab().words()) {
        out.print(word);
        for (double value : model.getWordVector(word)) {
          out.print(" " + (float) value);
        }
        out.println();
      }
    }
  }

  /** Of words that are frequent enough. */
  private static long occurrences(Path text) throws Exception {
    Map<String, Long> counts = new HashMap<>();
    try (Stream<String> lines = Files.lines(text)) {
      lines.flatMap(line -> Stream.of(line.split(" "))).forEach(w -> counts.merge(w, 1L, Long::sum));
    }
    return counts.values().stream().filter(count -> count >= MIN_COUNT).mapToLong(c -> c).sum();
  }
}
