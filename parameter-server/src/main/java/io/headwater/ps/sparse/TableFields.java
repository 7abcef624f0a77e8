package io.headwater.ps.sparse;

import io.headwater.checkpoint.TensorLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors in which a checkpoint holds a table of R rows, each (R, width) float32, row by row in
 * ascending order of ids.
 *
 * @param names in the order of the file
 * @param widths elements that a row has in each
 */
record TableFields(List<String> names, List<Integer> widths) {
  static final String IDS = "id_words";
  static final String WEIGHT = "weight";
  static final String UPDATES = "update_words";

  static TableFields of(SparseTableConfig config) {
    List<String> names = new ArrayList<>(List.of(IDS, WEIGHT));
    List<Integer> widths = new ArrayList<>(List.of(Words.COUNT, config.columns()));
    List<String> state = RowRule.of(config.optimizer()).stateNames();
    names.addAll(state);
    state.forEach(name -> widths.add(config.columns()));
    if (RowRule.of(config.optimizer()).counts()) {
      names.add(UPDATES);
      widths.add(Words.COUNT);
    }
    return new TableFields(List.copyOf(names), List.copyOf(widths));
  }

  int size() {
    return names.size();
  }

  /** Elements of one row in all tensors. */
  long elementsOfRow() {
    return widths.stream().mapToLong(Integer::longValue).sum();
  }

  /** First element of a tensor in the flat vector. */
  long offset(int field, long rows) {
    return rows * widths.subList(0, field).stream().mapToLong(Integer::longValue).sum();
  }

  TensorLayout layout(long rows) {
    TensorLayout.Builder layout = TensorLayout.builder();
    for (int i = 0; i < size(); i++) {
      layout.add(names.get(i), rows, widths.get(i));
    }
    return layout.build();
  }
}
