package io.headwater.model.embedding;

import io.headwater.checkpoint.UserException;
import java.util.Arrays;

/**
 * A Huffman tree over words or labels: the way to each leads over as many inner nodes as its code
 * has bits. Node 0 is the first that was joined; the root is the last.
 */
public final class HuffmanTree {
  /** Of leaves: an array has room for as many inner nodes beside them. */
  private static final int MOST_LEAVES = (1 << 30) - 4;

  private final int[][] nodes;
  private final boolean[][] second;
  private final int longest;

  /**
   * Makes the tree.
   *
   * @param leaves in falling order of their counts
   * @throws UserException if they are more than a tree has
   */
  public HuffmanTree(Vocabulary leaves) {
    int words = leaves.size();
    checkLeaves(words);
    int[] parent = new int[2 * words - 1];
    boolean[] isSecond = new boolean[2 * words - 1];
    join(leaves, parent, isSecond);
    this.nodes = new int[words][];
    this.second = new boolean[words][];
    int most = 0;
    int root = 2 * words - 2;
    for (int word = 0; word < words; word++) {
      int depth = 0;
      for (int node = word; node != root; node = parent[node]) {
        depth++;
      }
      nodes[word] = new int[depth];
      second[word] = new boolean[depth];
      int at = depth;
      for (int node = word; node != root; node = parent[node]) {
        at--;
        nodes[word][at] = parent[node] - words;
        second[word][at] = isSecond[node];
      }
      most = Math.max(most, depth);
    }
    this.longest = most;
  }

  /**
   * Refuses what no tree has room for.
   *
   * @throws UserException if leaves are too many
   */
  public static void checkLeaves(int leaves) {
    if (leaves > MOST_LEAVES) {
      throw new UserException(
          "Cannot make a tree over %d words: it may have %d at most (embedding.loss ns has none)"
              .formatted(leaves, MOST_LEAVES));
    }
  }

  /** Inner nodes, at least one. */
  public int size() {
    return Math.max(1, nodes.length - 1);
  }

  /** The most nodes on the way to a leaf. */
  public int longest() {
    return longest;
  }

  /** The inner nodes on the way to a leaf, from the root. */
  public int[] nodes(int leaf) {
    return nodes[leaf];
  }

  /** Whether the way goes on, from each of these nodes, to the child that was taken second. */
  public boolean[] second(int leaf) {
    return second[leaf];
  }

  /** Whether the way to each leaf is that of another tree. */
  public boolean hasWaysOf(HuffmanTree other) {
    return Arrays.deepEquals(nodes, other.nodes) && Arrays.deepEquals(second, other.second);
  }

  /** Two queues, leaves and joined nodes, both in rising order: no heap. */
  private static void join(Vocabulary leaves, int[] parent, boolean[] second) {
    int words = leaves.size();
    long[] count = new long[2 * words - 1];
    for (int word = 0; word < words; word++) {
      // Known words that do not occur would make a chain, with all ways as long as they are many.
      count[word] = Math.max(1, leaves.count(word));
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
