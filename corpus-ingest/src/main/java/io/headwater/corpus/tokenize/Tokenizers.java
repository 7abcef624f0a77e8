package io.headwater.corpus.tokenize;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;

/** Makes the tokenizers that a corpus can have from what was counted in it. */
public final class Tokenizers {
  private Tokenizers() {}

  /** 256 bytes and an end of text. */
  public static Tokenizer bytes() {
    return new ByteTokenizer();
  }

  /** The code points of the corpus, sorted; an end of text where documents must be told apart. */
  public static Tokenizer characters(BitSet codePoints, boolean endsDocuments) {
    return new CharTokenizer(codePoints, endsDocuments);
  }

  /**
   * Byte-level BPE trained on word counts.
   *
   * @param words the counts of all words, each word once, in any order
   * @param vocabularySize the most entries, end of text included
   */
  public static Tokenizer trainBpe(Collection<WordCounter.WordCount> words, int vocabularySize) {
    List<byte[]> unique = new ArrayList<>(words.size());
    long[] counts = new long[words.size()];
    for (WordCounter.WordCount each : words) {
      counts[unique.size()] = each.count();
      unique.add(each.word().getBytes(StandardCharsets.ISO_8859_1));
    }
    BpeVocabulary vocabulary = BpeTrainer.train(unique, counts, vocabularySize);
    return new BpeTokenizer(vocabulary, TokenizerJsonWriter.bpe(vocabulary));
  }

  /**
   * WordPiece trained on word counts, with BERT's special tokens first.
   *
   * @param words the counts of all words, each word once, in any order
   * @param vocabularySize the most entries, special tokens included
   */
  public static Tokenizer trainWordPiece(
      Collection<WordCounter.WordCount> words, int vocabularySize, WordPieceCase letters) {
    List<String> vocabulary = WordPieceTrainer.train(words, vocabularySize);
    return LibraryTokenizer.parse(WordPieceJson.write(vocabulary, letters));
  }
}
