package io.headwater.driver.words;

import io.headwater.worker.TextPart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.broadcast.Broadcast;

/** A text numbered in parts by tasks of Spark. */
final class WordParts {
  private static final long MOST_WORDS = 400_000; // of a part
  private static final long LEAST_WORDS = 5_000;
  private static final int PARTS_PER_WORKER = 8; // at least, so that nobody waits long for another

  private WordParts() {}

  /** Writes the parts, in the order of the text. */
  static List<TextPart> write(WordText text, String folder, int workers) {
    long words = text.vocabulary().total() / ((long) PARTS_PER_WORKER * workers);
    int target = (int) Math.min(MOST_WORDS, Math.max(LEAST_WORDS, words));
    Broadcast<Map<String, Integer>> known = text.ids();
    try {
      return text.numbers(known)
          .mapPartitionsWithIndex(
              (partition, sentences) -> {
                String prefix = String.format(Locale.ROOT, "%s/%05d-", folder, partition);
                return write(sentences, prefix, target);
              },
              false)
          .collect();
    } finally {
      known.destroy();
    }
  }

  private static Iterator<TextPart> write(Iterator<int[]> sentences, String prefix, int target) {
    List<TextPart> parts = new ArrayList<>();
    int[] numbers = new int[target + target / 2];
    int count = 0;
    while (sentences.hasNext()) {
      int[] sentence = sentences.next();
      if (count + sentence.length > numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * (count + sentence.length));
      }
      System.arraycopy(sentence, 0, numbers, count, sentence.length);
      count += sentence.length;
      if (count >= target || (!sentences.hasNext() && count > 0)) {
        String location = prefix + String.format(Locale.ROOT, "%05d.i32", parts.size());
        parts.add(TextPart.write(location, numbers, count));
        count = 0;
      }
    }
    return parts.iterator();
  }
}
