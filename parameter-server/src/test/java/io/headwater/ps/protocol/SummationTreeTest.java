package io.headwater.ps.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SummationTreeTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 6, 7, 64, 1000})
  void everyNodeIsFoundByItsRangeAndKnowsItsFamily(int microBatches) {
    SummationTree tree = new SummationTree(microBatches);
    for (int node = 0; node < 2 * microBatches - 1; node++) {
      MicroBatchRange range = tree.range(node);
      assertThat(tree.node(range)).isEqualTo(node);
      if (node != SummationTree.ROOT) {
        int parent = tree.parent(node);
        int sibling = tree.sibling(node);
        assertThat(tree.covers(parent, node)).isTrue();
        assertThat(tree.covers(node, parent)).isFalse();
        assertThat(tree.parent(sibling)).isEqualTo(parent);
        assertThat(range.size() + tree.range(sibling).size()).isEqualTo(tree.range(parent).size());
      }
    }
  }

  @Test
  void aRangeThatIsNoNodeHasNoNumber() {
    SummationTree tree = new SummationTree(6);
    assertThat(tree.node(new MicroBatchRange(1, 3))).isNotEqualTo(SummationTree.NONE);
    assertThat(tree.node(new MicroBatchRange(0, 2))).isEqualTo(SummationTree.NONE);
    assertThat(tree.node(new MicroBatchRange(2, 4))).isEqualTo(SummationTree.NONE);
    assertThat(tree.node(new MicroBatchRange(3, 9))).isEqualTo(SummationTree.NONE);
    assertThat(tree.node(new MicroBatchRange(2, 2))).isEqualTo(SummationTree.NONE);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void workersShareTheMicroBatchesAsFewNodes(int workers) {
    SummationTree tree = new SummationTree(6);
    List<Integer> covered = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      MicroBatchRange share = new MicroBatchRange(worker * 6 / workers, (worker + 1) * 6 / workers);
      for (MicroBatchRange node : tree.decompose(share)) {
        assertThat(tree.node(node)).isNotEqualTo(SummationTree.NONE);
        for (int m = node.from(); m < node.to(); m++) {
          covered.add(m);
        }
      }
    }
    assertThat(covered).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(tree.decompose(new MicroBatchRange(0, 6))).hasSize(1);
  }
}
