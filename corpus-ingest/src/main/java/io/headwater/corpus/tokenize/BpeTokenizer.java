package io.headwater.corpus.tokenize;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.function.IntPredicate;

/**
 * Byte-level BPE as GPT-2 has it. Words repeat, so the ids of short ones are kept. A text with
 * characters newer than this Java version goes to the Hugging Face library, whose Unicode tables
 * decide what a letter is.
 */
final class BpeTokenizer implements Tokenizer {
  private final BpeVocabulary vocabulary;
  private final byte[] json;
  private final byte[] endOfText;
  private final BpeMerger merger;
  private final Utf8Progress progress;
  private final WordCache cache = new WordCache();
  private final Gpt2PreTokenizer words = new Gpt2PreTokenizer();
  private LibraryTokenizer library;

  BpeTokenizer(BpeVocabulary vocabulary, byte[] json) {
    this.vocabulary = vocabulary;
    this.json = json;
    this.endOfText =
        vocabulary.endOfTextContent() == null
            ? null
            : EndOfText.utf8(vocabulary.endOfTextContent());
    this.merger = new BpeMerger(vocabulary);
    byte[][] tokens = vocabulary.tokens();
    this.progress = new Utf8Progress(id -> id < tokens.length ? tokens[id] : null);
  }

  @Override
  public int[] encode(String text) {
    return encodeUtf8(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public synchronized int[] encodeUtf8(byte[] text) {
    if (Gpt2PreTokenizer.hasUnknown(text)) {
      return library().encodeUtf8(text);
    }
    Ids ids = new Ids(text.length / 3);
    int at = 0;
    while (at < text.length) {
      int literal = endOfText == null ? text.length : EndOfText.indexIn(text, at, endOfText);
      encode(text, at, literal, ids);
      at = literal;
      if (literal < text.length) {
        ids.add(vocabulary.endOfText());
        at += endOfText.length;
      }
    }
    return ids.toArray();
  }

  private void encode(byte[] text, int from, int to, Ids ids) {
    words.reset(text, from, to);
    while (words.advance()) {
      int start = words.wordStart();
      int end = words.wordEnd();
      int[] known = cache.find(text, start, end);
      if (known == null) {
        known = merger.merge(text, start, end);
        cache.keep(text, start, end, known);
      }
      ids.addAll(known);
    }
  }

  private LibraryTokenizer library() {
    if (library == null) {
      library = LibraryTokenizer.parse(json);
    }
    return library;
  }

  @Override
  public String decode(int[] ids) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(4 * ids.length);
    for (int id : ids) {
      byte[] token = vocabulary.tokens()[id];
      if (token != null) {
        bytes.write(token, 0, token.length);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Override
  public IntPredicate following(int[] ids) {
    return progress.after(ids);
  }

  @Override
  public int whole(int[] ids) {
    return progress.whole(ids);
  }

  @Override
  public int vocabularySize() {
    return vocabulary.size();
  }

  @Override
  public OptionalInt endOfText() {
    return EndOfText.optional(vocabulary.endOfText());
  }

  @Override
  public byte[] json() {
    return json.clone();
  }

  @Override
  public synchronized void close() {
    if (library != null) {
      library.close();
      library = null;
    }
  }
}
