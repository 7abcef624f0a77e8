package io.headwater.model.word2vec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.HuffmanTree;
import io.headwater.model.embedding.Vocabulary;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutputLayerTest {
  private static final Vocabulary WORDS =
      Vocabulary.of(
          List.of(
              new Vocabulary.Count("a", 1000),
              new Vocabulary.Count("b", 500),
              new Vocabulary.Count("c", 100),
              new Vocabulary.Count("d", 90),
              new Vocabulary.Count("e", 1)),
          1);

  @Test
  void negativesFollowCountsToThePowerThreeQuarters() {
    NegativeSampling sampling = new NegativeSampling(WORDS, 5, 0.75);
    Draws draws = new Draws(1);
    int[] drawn = new int[5];
    int all = 400_000;
    for (int n = 0; n < all; n++) {
      drawn[sampling.draw(draws)]++;
    }
    double sum = 0;
    for (int word = 0; word < 5; word++) {
      sum += Math.pow(WORDS.count(word), 0.75);
    }
    for (int word = 0; word < 5; word++) {
      assertThat(drawn[word] / (double) all)
          .isCloseTo(Math.pow(WORDS.count(word), 0.75) / sum, within(3e-3));
    }
  }

  /** Twice as many nodes must be indices of arrays. */
  @Test
  void aTreeHasFewerThanTwoToTheThirtyLeaves() {
    HuffmanTree.checkLeaves((1 << 30) - 4);
    assertThatThrownBy(() -> HuffmanTree.checkLeaves(1 << 30))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("1073741824 words");
  }

  @Test
  void theCentreIsNeverItsOwnNegative() {
    NegativeSampling sampling = new NegativeSampling(WORDS, 8, 0.5);
    Draws draws = new Draws(2);
    int[] outputs = new int[sampling.mostOutputs()];
    float[] labels = new float[sampling.mostOutputs()];
    for (int n = 0; n < 1000; n++) {
      int count = sampling.outputs(0, draws, outputs, labels);
      assertThat(outputs[0]).isZero();
      assertThat(labels[0]).isOne();
      for (int k = 1; k < count; k++) {
        assertThat(outputs[k]).isNotZero();
        assertThat(labels[k]).isZero();
      }
    }
  }

  @Test
  void huffmanCodesAreOptimalAndFreeOfPrefixes() {
    HierarchicalSoftmax tree = new HierarchicalSoftmax(WORDS);
    Set<String> codes = new HashSet<>();
    int[] lengths = new int[5];
    int[] outputs = new int[tree.mostOutputs()];
    float[] labels = new float[tree.mostOutputs()];
    for (int word = 0; word < 5; word++) {
      lengths[word] = tree.outputs(word, new Draws(1), outputs, labels);
      StringBuilder code = new StringBuilder();
      for (int bit = 0; bit < lengths[word]; bit++) {
        assertThat(outputs[bit]).isBetween(0, tree.rows() - 1);
        code.append((int) labels[bit]);
      }
      codes.add(code.toString());
    }
    assertThat(lengths).containsExactly(1, 2, 3, 4, 4);
    assertThat(codes).hasSize(5);
    for (String code : codes) {
      assertThat(codes.stream().filter(other -> other.startsWith(code))).hasSize(1);
    }
  }
}
