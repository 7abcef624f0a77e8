package io.headwater.finetune.tokens;

/** Tags {@code O}, {@code B-type} and {@code I-type}: outside, beginning, inside of an entity. */
final class BioTag {
  static final String OUTSIDE = "O";
  static final String BEGINNING = "B-";
  static final String INSIDE = "I-";

  private BioTag() {}

  static boolean isOne(String tag) {
    return tag.equals(OUTSIDE)
        || (tag.length() > 2 && (tag.startsWith(BEGINNING) || tag.startsWith(INSIDE)));
  }

  /** Type of an entity; empty outside. */
  static String type(String tag) {
    return tag.equals(OUTSIDE) ? "" : tag.substring(2);
  }
}
