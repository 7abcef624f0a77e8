package io.headwater.corpus;

import io.headwater.corpus.OrderedDocuments.Document;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;

/**
 * What must be known of all kept documents before any is encoded.
 *
 * @param firstIdentity the smallest, unsigned; meaningless without documents
 * @param lastIdentity the largest, unsigned
 * @param codePoints those that occur, when asked for
 */
record CorpusStatistics(
    long documents, long textBytes, long firstIdentity, long lastIdentity, BitSet codePoints)
    implements Serializable {
  static CorpusStatistics of(JavaRDD<Document> documents, boolean withCodePoints) {
    return documents
        .mapPartitions(part -> List.of(ofPartition(part, withCodePoints)).iterator())
        .fold(new CorpusStatistics(0, 0, -1, 0, new BitSet()), CorpusStatistics::plus);
  }

  private static CorpusStatistics ofPartition(Iterator<Document> part, boolean withCodePoints) {
    long documents = 0;
    long textBytes = 0;
    long first = -1; // the largest unsigned
    long last = 0;
    BitSet codePoints = new BitSet();
    while (part.hasNext()) {
      Document document = part.next();
      long identity = document.key().identity();
      documents++;
      textBytes += document.text().length;
      first = Long.compareUnsigned(identity, first) < 0 ? identity : first;
      last = Long.compareUnsigned(identity, last) > 0 ? identity : last;
      if (withCodePoints) {
        addCodePoints(document.text(), codePoints);
      }
    }
    return new CorpusStatistics(documents, textBytes, first, last, codePoints);
  }

  private static void addCodePoints(byte[] text, BitSet codePoints) {
    String decoded = new String(text, StandardCharsets.UTF_8);
    decoded.codePoints().forEach(codePoints::set);
  }

  private CorpusStatistics plus(CorpusStatistics other) {
    codePoints.or(other.codePoints);
    return new CorpusStatistics(
        documents + other.documents,
        textBytes + other.textBytes,
        Long.compareUnsigned(firstIdentity, other.firstIdentity) < 0
            ? firstIdentity
            : other.firstIdentity,
        Long.compareUnsigned(lastIdentity, other.lastIdentity) > 0
            ? lastIdentity
            : other.lastIdentity,
        codePoints);
  }
}
