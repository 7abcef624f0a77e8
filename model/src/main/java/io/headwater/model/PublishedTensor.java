package io.headwater.model;

/**
 * What a tensor of a published folder is to one of our models.
 *
 * @param role what becomes of it
 * @param name the parameter of ours that it is or repeats
 */
public record PublishedTensor(Role role, String name) {
  /** What becomes of a tensor. */
  public enum Role {
    PARAMETER,
    /** A parameter stored a second time, such as a tied output layer. */
    COPY,
    /** No parameter: a mask or positions, which are computed. */
    CONSTANT
  }

  public static PublishedTensor parameter(String name) {
    return new PublishedTensor(Role.PARAMETER, name);
  }

  public static PublishedTensor copyOf(String name) {
    return new PublishedTensor(Role.COPY, name);
  }

  public static PublishedTensor constant(String name) {
    return new PublishedTensor(Role.CONSTANT, name);
  }
}
