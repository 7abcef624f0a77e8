import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.mllib.feature.Word2Vec;
import org.apache.spark.mllib.feature.Word2VecModel;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Spark MLlib's skip-gram, whose only loss is hierarchical softmax and which thins out nothing.
 *
 * <p>Usage: Word2VecPeer TEXT VECTORS EPOCHS THREADS SEED. Prints words a second of {@code fit} on
 * cached sentences less the time of counting their words, which it begins with.
 */
public final class Word2VecPeer {
  private static final int MIN_COUNT = 5;

  private Word2VecPeer() {}

  public static void main(String[] args) throws Exception {
    int epochs = Integer.parseInt(args[2]);
    int threads = Integer.parseInt(args[3]);
    SparkConf conf =
        new SparkConf()
            .setAppName("mllib")
            .setMaster("local[" + threads + "]")
            .set("spark.ui.enabled", "false");
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      JavaRDD<List<String>> sentences =
          spark.textFile(args[0], threads).map(line -> Arrays.asList(line.split(" "))).cache();
      sentences.count();
      long begin = System.nanoTime();
      long words =
          sentences
              .flatMap(List::iterator)
              .mapToPair(word -> new scala.Tuple2<>(word, 1L))
              .reduceByKey(Long::sum)
              .filter(count -> count._2() >= MIN_COUNT)
              .values()
              .fold(0L, Long::sum);
      long counted = System.nanoTime();
      Word2VecModel model =
          new Word2Vec()
              .setVectorSize(100)
              .setWindowSize(5)
              .setMinCount(MIN_COUNT)
              .setNumIterations(epochs)
              .setNumPartitions(threads)
              .setSeed(Long.parseLong(args[4]))
              .fit(sentences);
      double seconds = (System.nanoTime() - counted - (counted - begin)) * 1e-9;
      System.out.printf("%.0f%n", epochs * words / seconds);
      write(model, Path.of(args[1]));
    }
  }

  private static void write(Word2VecModel model, Path file) throws Exception {
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
      var vectors = CollectionConverters.asJava(model.getVectors());
      out.println(vectors.size() + " 100");
      vectors.forEach(
          (word, vector) -> {
            out.print(word);
            for (float value : vector) {
              out.print(" " + value);
            }
            out.println();
          });
    }
  }
}
