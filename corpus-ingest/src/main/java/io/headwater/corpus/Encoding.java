package io.headwater.corpus;

import io.headwater.corpus.OrderedDocuments.Document;
import io.headwater.corpus.shard.ElementType;
import io.headwater.corpus.shard.Part;
import io.headwater.corpus.shard.PartWriter;
import io.headwater.corpus.shard.Split;
import io.headwater.corpus.tokenize.Tokenizer;
import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/** Encodes documents into parts, one of each split for each partition. */
final class Encoding {
  /** The parts of one partition. */
  record PartitionParts(int partition, Part train, Part validation) implements Serializable {
    Part of(Split split) {
      return split == Split.TRAIN ? train : validation;
    }
  }

  private Encoding() {}

  /** The parts of all partitions, in order. */
  static List<PartitionParts> run(
      JavaSparkContext context,
      JavaRDD<Document> documents,
      Division division,
      byte[] tokenizerJson,
      ElementType type,
      Staging staging) {
    Broadcast<byte[]> tokenizer = context.broadcast(tokenizerJson);
    try {
      return documents
          .mapPartitionsWithIndex(
              (partition, part) ->
                  List.of(encode(partition, part, division, tokenizer.value(), type, staging))
                      .iterator(),
              true)
          .collect();
    } finally {
      tokenizer.destroy();
    }
  }

  private static PartitionParts encode(
      int partition,
      Iterator<Document> documents,
      Division division,
      byte[] tokenizerJson,
      ElementType type,
      Staging staging)
      throws IOException {
    long attempt = TaskContext.get().taskAttemptId();
    String name = ".part-" + partition + "-" + attempt + "-";
    try (Tokenizer tokenizer = Tokenizer.parse(tokenizerJson);
        PartWriter train = new PartWriter(staging.files(), staging.folder(), name + "train", type);
        PartWriter validation =
            new PartWriter(staging.files(), staging.folder(), name + "validation", type)) {
      while (documents.hasNext()) {
        Document document = documents.next();
        byte[] text = document.text();
        if (division.isTail()) {
          int cut = division.trainBytes(text);
          train.add(tokenizer.encodeUtf8(Arrays.copyOf(text, cut)));
          validation.add(ended(tokenizer, Arrays.copyOfRange(text, cut, text.length)));
        } else {
          boolean isTrain = division.splitOf(document.key()) == Split.TRAIN;
          (isTrain ? train : validation).add(ended(tokenizer, text));
        }
      }
      return new PartitionParts(partition, train.finish(), validation.finish());
    }
  }

  private static int[] ended(Tokenizer tokenizer, byte[] text) {
    int[] ids = tokenizer.encodeUtf8(text);
    OptionalInt end = tokenizer.endOfText();
    if (end.isEmpty() || ids.length == 0) {
      return ids;
    }
    int[] ended = Arrays.copyOf(ids, ids.length + 1);
    ended[ids.length] = end.getAsInt();
    return ended;
  }
}
