package io.headwater.model.word2vec;

import io.headwater.model.embedding.Vocabulary;

/**
 * A Huffman tree over the words: the outputs of a centre are the inner nodes on the way to it, as
 * many as its code has bits. Node 0 is the first that was joined; the root is the last.
 */
final class HierarchicalSoftmax implements OutputLayer {
  private final int[][] nodes;
  private final boolean[][] right;
  private final int most;

  HierarchicalSoftmax(Vocabulary vocabulary) {
    int words = vocabulary.size();
    int[] parent = new int[2 * words - 1];
    boolean[] second = new boolean[2 * words - 1];
    join(vocabulary, parent, second);
    this.nodes = new int[words][];
    this.right = new boolean[words][];
    int longest = 0;
    int root = 2 * words - 2;
    for (int word = 0; word < words; word++) {
      int depth = 0;
      for (int node = word; node != root; node = parent[node]) {
        depth++;
      }
      nodes[word] = new int[depth];
      right[word] = new boolean[depth];
      int at = depth;
      for (int node = word; node != root; node = parent[node]) {
        at--;
        nodes[word][at] = parent[node] - words;
        right[word][at] = second[node];
      }
      longest = Math.max(longest, depth);
    }
    this.most = longest;
  }

  @Override
  public int mostOutputs() {
    return most;
  }

  @Override
  public int rows() {
    return Math.max(1, nodes.length - 1);
  }

  @Override
  public int outputs(int centre, Draws draws, int[] outputs, float[] labels) {
    int[] path = nodes[centre];
    for (int bit = 0; bit < path.length; bit++) {
      outputs[bit] = path[bit];
      labels[bit] = right[centre][bit] ? 0 : 1;
    }
    return path.length;
  }

  /** Two queues, leaves and joined nodes, both in rising order: no heap. */
  private static void join(Vocabulary vocabulary, int[] parent, boolean[] second) {
    int words = vocabulary.size();
    long[] count = new long[2 * words - 1];
    for (int word = 0; word < words; word++) {
      count[word] = vocabulary.count(word);
    }
    int leaf = words - 1;
    int inner = words;
    for (int made = words; made < 2 * words - 1; made++) {
      for (int child = 0; child < 2; child++) {
        boolean takeLeaf = leaf >= 0 && (inner >= made || count[leaf] < count[inner]);
        int taken = takeLeaf ? leaf-- : inner++;
        count[made] += count[taken];
        parent[taken] = made;
        second[taken] = child == 1;
      }
    }
  }
}
