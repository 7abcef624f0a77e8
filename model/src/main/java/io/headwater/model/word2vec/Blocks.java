package io.headwater.model.word2vec;

import io.headwater.model.embedding.Rows;
import io.headwater.model.embedding.TouchedRows;

/** A part of the corpus, block by block; one thread's. */
public final class Blocks {
  /** The learning rate when so many words of the part are read. */
  interface Pace {
    float rate(long words);
  }

  private final Sentences sentences;
  private final Windows windows;
  private final Tape tape;
  private final TouchedRows inputRows;
  private final TouchedRows outputRows;
  private final OutputLayer outputLayer;
  private final Draws draws;
  private final Pace pace;
  private final int size;
  private final int[] sentence = new int[Sentences.MOST_WORDS];

  Blocks(
      BlockTraining training,
      Sentences sentences,
      OutputLayer outputLayer,
      Rows in,
      Pace pace,
      Draws draws) {
    this.inputRows = training.inputRows();
    this.outputRows = training.outputRows();
    this.outputLayer = outputLayer;
    this.draws = draws;
    this.pace = pace;
    this.size = training.blockWords();
    this.sentences = sentences;
    this.tape = new Tape(in, inputRows, outputRows);
    Minibatch minibatch = new Minibatch(in, outputLayer, tape, draws);
    this.windows = Windows.of(training.config(), in, training.subwords(), minibatch, tape, draws);
  }

  /** The next block; null at the end. */
  public Block next() {
    long before = sentences.wordsRead();
    float rate = pace.rate(before);
    outputLayer.begin(draws);
    int kept = 0;
    int length = 0;
    int centres = 0;
    while (kept < size && (length = sentences.next(sentence)) >= 0) {
      centres += windows.train(sentence, length, rate);
      kept += length;
    }
    long words = sentences.wordsRead() - before;
    return words == 0 && length < 0
        ? null
        : new Block(inputRows.take(), outputRows.take(), tape.take(), rate, words, centres);
  }
}
