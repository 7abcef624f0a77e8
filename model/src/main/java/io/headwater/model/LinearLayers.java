package io.headwater.model;

import io.headwater.checkpoint.TensorLayout;
import java.util.List;

/**
 * The linear layers of a body: what low-rank adapters may go to.
 *
 * @param names without {@code .weight}
 * @param inputsFirst whether their weights are stored as (in, out); else as (out, in)
 * @param usualTargets last parts of the names of those that adapters usually go to
 */
public record LinearLayers(List<String> names, boolean inputsFirst, List<String> usualTargets) {
  public LinearLayers {
    names = List.copyOf(names);
    usualTargets = List.copyOf(usualTargets);
  }

  /** The matrices of a layout whose names begin with one of some prefixes. */
  public static LinearLayers of(
      TensorLayout layout, List<String> prefixes, boolean inputsFirst, List<String> usualTargets) {
    List<String> names =
        layout.entries().stream()
            .filter(entry -> entry.decays() && entry.name().endsWith(".weight"))
            .filter(entry -> prefixes.stream().anyMatch(entry.name()::startsWith))
            .map(entry -> entry.name().replaceFirst("\\.weight$", ""))
            .toList();
    return new LinearLayers(names, inputsFirst, usualTargets);
  }
}
