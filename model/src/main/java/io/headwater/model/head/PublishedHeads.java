package io.headwater.model.head;

import io.headwater.model.PublishedSource;
import java.util.List;
import java.util.Optional;

/** Heads by the ends of the names of the classes that {@code transformers} has. */
final class PublishedHeads {
  static final List<String> ARCHITECTURES =
      List.of(
          ClassificationHead.ARCHITECTURE,
          TokenClassificationHead.ARCHITECTURE,
          SpanHead.ARCHITECTURE);

  private PublishedHeads() {}

  static Optional<TaskHead> read(String architecture, PublishedSource source, Scorer ofSummary) {
    return switch (architecture) {
      case ClassificationHead.ARCHITECTURE ->
          Optional.of(ClassificationHead.read(source, ofSummary));
      case TokenClassificationHead.ARCHITECTURE ->
          Optional.of(TokenClassificationHead.read(source));
      case SpanHead.ARCHITECTURE -> Optional.of(new SpanHead());
      case EmbeddingHead.ARCHITECTURE -> EmbeddingHead.read(source);
      default -> Optional.empty();
    };
  }
}
