package io.headwater.model.word2vec;

import io.headwater.model.embedding.HuffmanTree;
import io.headwater.model.embedding.Vocabulary;

/** The outputs of a centre are the inner nodes of a Huffman tree on the way to it. */
final class HierarchicalSoftmax implements OutputLayer {
  private final HuffmanTree tree;

  HierarchicalSoftmax(Vocabulary vocabulary) {
    this.tree = new HuffmanTree(vocabulary);
  }

  @Override
  public int mostOutputs() {
    return tree.longest();
  }

  @Override
  public int rows() {
    return tree.size();
  }

  @Override
  public int outputs(int centre, Draws draws, int[] outputs, float[] labels) {
    int[] path = tree.nodes(centre);
    boolean[] second = tree.second(centre);
    for (int bit = 0; bit < path.length; bit++) {
      outputs[bit] = path[bit];
      labels[bit] = second[bit] ? 0 : 1;
    }
    return path.length;
  }
}
