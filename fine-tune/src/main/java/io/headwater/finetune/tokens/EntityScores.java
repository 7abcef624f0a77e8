package io.headwater.finetune.tokens;

import io.headwater.finetune.Scores;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Scores of whole entities, as {@code conlleval} and seqeval define them: an entity is right if its
 * type, its first and its last word are. {@code f1}, {@code precision} and {@code recall} are over
 * the entities of all types together, {@code f1_TYPE} over one type's; {@code accuracy} is the part
 * of the words whose tag is right.
 */
final class EntityScores {
  /** Entities of one type. */
  private static final class Count {
    private int right;
    private int predicted;
    private int actual;

    double precision() {
      return predicted == 0 ? 0 : (double) right / predicted;
    }

    double recall() {
      return actual == 0 ? 0 : (double) right / actual;
    }

    double f1() {
      return right == 0 ? 0 : 2.0 * right / (predicted + actual);
    }
  }

  private final Count all = new Count();
  private final Map<String, Count> byType = new TreeMap<>();
  private int sentences;
  private int words;
  private int rightWords;

  void add(List<String> actual, List<String> predicted) {
    Set<Entity> truth = new HashSet<>(Entity.of(actual));
    for (Entity entity : truth) {
      all.actual++;
      ofType(entity).actual++;
    }
    for (Entity entity : Entity.of(predicted)) {
      boolean right = truth.contains(entity);
      for (Count count : List.of(all, ofType(entity))) {
        count.predicted++;
        count.right += right ? 1 : 0;
      }
    }
    for (int i = 0; i < actual.size(); i++) {
      rightWords += actual.get(i).equals(predicted.get(i)) ? 1 : 0;
    }
    words += actual.size();
    sentences++;
  }

  Scores scores() {
    Map<String, Double> measures = new LinkedHashMap<>();
    measures.put("f1", all.f1());
    measures.put("precision", all.precision());
    measures.put("recall", all.recall());
    measures.put("accuracy", (double) rightWords / words);
    byType.forEach((type, count) -> measures.put("f1_" + type, count.f1()));
    return new Scores(sentences, measures);
  }

  private Count ofType(Entity entity) {
    return byType.computeIfAbsent(entity.type(), type -> new Count());
  }
}
