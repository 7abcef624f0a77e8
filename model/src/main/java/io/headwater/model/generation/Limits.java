package io.headwater.model.generation;

import io.headwater.checkpoint.UserException;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.IntPredicate;

/**
 * What may be written.
 *
 * @param tokens of a text at most, the end of text included
 * @param endOfText token that ends a text; empty if none does
 * @param following which tokens may follow
 */
public record Limits(int tokens, OptionalInt endOfText, Following following) {
  /** Which tokens may follow a text. */
  @FunctionalInterface
  public interface Following {
    /**
     * @param written tokens of the text
     */
    IntPredicate after(int[] written);
  }

  public Limits {
    Objects.requireNonNull(endOfText, "endOfText");
    Objects.requireNonNull(following, "following");
    if (tokens < 1) {
      throw new UserException("Cannot generate " + tokens + " tokens: must be >= 1");
    }
  }

  /** Any token may follow any text. */
  public Limits(int tokens, OptionalInt endOfText) {
    this(tokens, endOfText, written -> token -> true);
  }

  boolean ends(int token) {
    return endOfText.isPresent() && endOfText.getAsInt() == token;
  }
}
