package io.headwater.corpus.tokenize;

import io.headwater.corpus.tokenize.BpeVocabulary.Merge;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Trains byte-level BPE by {@link PairMerging}; a token is spelled as ISO 8859-1. */
final class BpeTrainer {
  private BpeTrainer() {}

  /**
   * Trains a vocabulary.
   *
   * @param words unique words in any order; counts[i] is how often words[i] stands in the corpus
   * @param vocabularySize the most entries, the 256 bytes and the end of text included; fewer when
   *     no pair is left that occurs twice
   */
  static BpeVocabulary train(List<byte[]> words, long[] counts, int vocabularySize) {
    int[] byteIds = new int[256];
    List<String> alphabet = new ArrayList<>();
    for (byte value : ByteLevelAlphabet.inCharacterOrder()) {
      byteIds[value & 0xFF] = alphabet.size();
      alphabet.add(new String(new byte[] {value}, StandardCharsets.ISO_8859_1));
    }
    List<int[]> symbols = new ArrayList<>(words.size());
    for (byte[] word : words) {
      int[] ids = new int[word.length];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = byteIds[word[i] & 0xFF];
      }
      symbols.add(ids);
    }
    PairMerging merging = new PairMerging(alphabet, symbols, counts, String::concat);
    Set<Merge> merges = merging.run(vocabularySize - 1);
    byte[][] tokens = new byte[merging.tokens().size() + 1][]; // the last is the end of text
    for (int id = 0; id < merging.tokens().size(); id++) {
      tokens[id] = merging.tokens().get(id).getBytes(StandardCharsets.ISO_8859_1);
    }
    return new BpeVocabulary(tokens, List.copyOf(merges), tokens.length - 1, EndOfText.CONTENT);
  }
}
