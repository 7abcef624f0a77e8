package io.headwater.ps.server;

import io.headwater.checkpoint.TensorLayout;
import java.util.stream.Collectors;

/** Names the tensors of a piece of the flat vector, for messages. */
final class TensorNames {
  private TensorNames() {}

  static String between(TensorLayout layout, long from, long to) {
    return layout.entries().stream()
        .filter(entry -> entry.offset() < to && entry.end() > from)
        .map(TensorLayout.Entry::name)
        .collect(Collectors.joining(", "));
  }
}
