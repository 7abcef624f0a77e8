package io.headwater.driver.words;

import io.headwater.worker.RowTraffic;
import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/** What the rows of all workers took, as Spark adds it up over tasks that have ended. */
record WireTraffic(LongAccumulator words, LongAccumulator bytes) implements Serializable {
  static WireTraffic of(SparkContext spark) {
    return new WireTraffic(
        spark.longAccumulator("headwater words"), spark.longAccumulator("headwater row bytes"));
  }

  void add(RowTraffic part) {
    words.add(part.words());
    bytes.add(part.sentBytes() + part.receivedBytes());
  }

  /** NaN before the first task has ended. */
  double bytesPerUnit() {
    return words.sum() == 0 ? Double.NaN : (double) bytes.sum() / words.sum();
  }
}
