package io.headwater.model.word2vec;

import io.headwater.model.embedding.HuffmanTree;
import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.Vocabulary;
import io.headwater.model.word2vec.Word2VecConfig.Loss;

/**
 * The rows of a model that predict, which another may begin with.
 *
 * @param vocabulary that they are of, with its counts
 * @param rows as {@link Word2VecModel#output} has them
 */
public record KnownOutputs(Vocabulary vocabulary, Loss loss, Rows rows) {
  /**
   * Whether a training over other words may begin with them: with negative sampling a row is a
   * word's, whatever others there are; with hierarchical softmax it is a node's, and means the same
   * only in the same tree.
   */
  public boolean fit(Vocabulary words, Loss asked) {
    return asked == loss
        && (loss == Loss.NS
            || (words.words().equals(vocabulary.words())
                && new HuffmanTree(words).hasWaysOf(new HuffmanTree(vocabulary))));
  }

  /** Into a model that they fit. */
  public void copyTo(Word2VecModel model) {
    if (loss == Loss.HS) {
      for (long node = 0; node < rows.count(); node++) {
        model.output().set(node, rows.row(node));
      }
      return;
    }
    for (int word = 0; word < model.vocabulary().size(); word++) {
      int id = vocabulary.id(model.vocabulary().word(word));
      if (id >= 0) {
        model.output().set(word, rows.row(id));
      }
    }
  }
}
