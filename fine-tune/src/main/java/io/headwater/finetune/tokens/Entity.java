package io.headwater.finetune.tokens;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of a sentence that names something.
 *
 * @param from its first word
 * @param to behind its last word
 */
record Entity(String type, int from, int to) {
  /**
   * The entities of a sentence, as {@code conlleval} and seqeval find them: one begins at a B, and
   * at an I whose predecessor is outside or of another type.
   */
  static List<Entity> of(List<String> tags) {
    List<Entity> entities = new ArrayList<>();
    int from = 0;
    String open = "";
    for (int i = 0; i < tags.size(); i++) {
      String type = BioTag.type(tags.get(i));
      if (tags.get(i).startsWith(BioTag.BEGINNING) || !type.equals(open)) {
        if (!open.isEmpty()) {
          entities.add(new Entity(open, from, i));
        }
        from = i;
        open = type;
      }
    }
    if (!open.isEmpty()) {
      entities.add(new Entity(open, from, tags.size()));
    }
    return entities;
  }
}
