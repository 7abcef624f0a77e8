package io.headwater.corpus;

import io.headwater.corpus.shard.Sha256;
import io.headwater.corpus.source.DocumentOptions;
import io.headwater.corpus.source.DocumentReader;
import io.headwater.corpus.source.SourceCounts;
import io.headwater.corpus.source.SourceFile;
import java.io.Serializable;
import java.security.MessageDigest;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.SerializableConfiguration;

/*
 * All documents in their global order, each text once. One shuffle does three things: rows go to
 * the partition that owns their key range and are sorted there by key, which puts the corpus into a
 * seeded random order; equal texts have equal keys and come to lie side by side, where all but the
 * first are dropped; and the shuffle files hold the decoded text for the passes that follow, so the
 * input is read once. Ranges need no sampling, since keys are uniform. The number of partitions
 * does not show in the result: ranges ascend, and within one the sort decides.
 */
final class OrderedDocuments {
  private static final StructType SCHEMA =
      new StructType()
          .add("range", DataTypes.IntegerType, false)
          .add("order", DataTypes.LongType, false)
          .add("identity", DataTypes.LongType, false)
          .add("text", DataTypes.BinaryType, false);

  /** A document that was kept. */
  record Document(DocumentKey key, byte[] text) implements Serializable {}

  private OrderedDocuments() {}

  /**
   * Reads the sources; Spark runs when the result is used.
   *
   * @param readers tasks that read
   * @param ranges tasks of each later pass
   * @param counts hears of each source once it is read; more than once when a task is retried
   */
  static JavaRDD<Document> read(
      SparkSession spark,
      List<SourceFile> sources,
      DocumentOptions options,
      long seed,
      int readers,
      int ranges,
      CollectionAccumulator<SourceCounts> counts) {
    JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
    SerializableConfiguration configuration =
        new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
    JavaRDD<Row> rows =
        context
            .parallelize(sources, readers)
            .mapPartitions(
                files -> {
                  MessageDigest sha256 = Sha256.digest();
                  Configuration hadoop = configuration.value();
                  return new Flattened<>(
                      files,
                      file -> new DocumentReader(file, options, hadoop, counts::add),
                      text -> row(text, sha256, seed, ranges));
                });
    return spark
        .createDataFrame(rows, SCHEMA)
        .repartitionById(ranges, functions.col("range"))
        .sortWithinPartitions("order", "identity")
        .toJavaRDD()
        .mapPartitions(Distinct::new);
  }

  private static Row row(byte[] text, MessageDigest sha256, long seed, int ranges) {
    DocumentKey key = DocumentKey.of(text, sha256, seed);
    return RowFactory.create(key.range(ranges), key.order(), key.identity(), text);
  }

  /** Drops each row whose key is that of the row before it. */
  private static final class Distinct implements Iterator<Document> {
    private final Iterator<Row> rows;
    private DocumentKey last;
    private Document next;

    Distinct(Iterator<Row> rows) {
      this.rows = rows;
    }

    @Override
    public boolean hasNext() {
      while (next == null && rows.hasNext()) {
        Row row = rows.next();
        DocumentKey key = new DocumentKey(row.getLong(1), row.getLong(2));
        if (!key.equals(last)) {
          next = new Document(key, row.getAs(3));
          last = key;
        }
      }
      return next != null;
    }

    @Override
    public Document next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Document document = next;
      next = null;
      return document;
    }
  }
}
