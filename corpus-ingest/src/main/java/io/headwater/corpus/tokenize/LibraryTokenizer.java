package io.headwater.corpus.tokenize;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.checkpoint.UserException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Any tokenizer that the Hugging Face library knows. Its native part comes out of the jar into
 * {@code ~/.djl.ai}, or the folder that {@code ENGINE_CACHE_DIR} names, and nothing else is asked
 * of the machine or the network. Encoding is native and shared by threads; closing must be last.
 */
final class LibraryTokenizer implements Tokenizer {
  static {
    // Where the loader finds CUDA it would fetch a build for it; the one in the jar serves all.
    if (System.getenv("RUST_FLAVOR") == null && System.getProperty("RUST_FLAVOR") == null) {
      System.setProperty("RUST_FLAVOR", "cpu");
    }
    LibUtils.checkStatus();
  }

  private final byte[] json;
  private final int vocabularySize;
  private final int endOfText;
  private long handle;

  private LibraryTokenizer(byte[] json, long handle, int vocabularySize, int endOfText) {
    this.json = json;
    this.handle = handle;
    this.vocabularySize = vocabularySize;
    this.endOfText = endOfText;
  }

  static LibraryTokenizer parse(byte[] json) {
    JsonNode tree = TokenizerJson.tree(json);
    long handle;
    try {
      handle =
          TokenizersLibrary.LIB.createTokenizerFromString(new String(json, StandardCharsets.UTF_8));
    } catch (RuntimeException e) {
      throw new UserException(
          "Cannot read tokenizer.json: the tokenizers library refuses it: " + e.getMessage(), e);
    }
    TokenizersLibrary.LIB.disablePadding(handle);
    TokenizersLibrary.LIB.disableTruncation(handle);
    return new LibraryTokenizer(json, handle, largestId(tree) + 1, endOfText(tree));
  }

  static int largestId(JsonNode tree) {
    JsonNode vocabulary = tree.path("model").path("vocab");
    int largest = vocabulary.isArray() ? vocabulary.size() - 1 : -1;
    if (vocabulary.isObject()) {
      for (JsonNode id : vocabulary) {
        largest = Math.max(largest, id.intValue());
      }
    }
    for (JsonNode added : tree.path("added_tokens")) {
      largest = Math.max(largest, added.path("id").intValue());
    }
    return largest;
  }

  private static int endOfText(JsonNode tree) {
    Map<String, Integer> special = TokenizerJson.specialTokens(tree);
    Set<String> names = new HashSet<>(special.keySet());
    String name = EndOfText.among(names);
    return name == null ? -1 : special.get(name);
  }

  @Override
  public int[] encode(String text) {
    long encoding = TokenizersLibrary.LIB.encode(open(), text, false);
    try {
      long[] ids = TokenizersLibrary.LIB.getTokenIds(encoding);
      int[] narrow = new int[ids.length];
      for (int i = 0; i < ids.length; i++) {
        narrow[i] = (int) ids[i];
      }
      return narrow;
    } finally {
      TokenizersLibrary.LIB.deleteEncoding(encoding);
    }
  }

  @Override
  public int[] encodeUtf8(byte[] text) {
    return encode(new String(text, StandardCharsets.UTF_8));
  }

  @Override
  public String decode(int[] ids) {
    long[] wide = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      wide[i] = ids[i];
    }
    return TokenizersLibrary.LIB.decode(open(), wide, true);
  }

  private long open() {
    if (handle == 0) {
      throw new IllegalStateException("the tokenizer is closed");
    }
    return handle;
  }

  @Override
  public int vocabularySize() {
    return vocabularySize;
  }

  @Override
  public OptionalInt endOfText() {
    return EndOfText.optional(endOfText);
  }

  @Override
  public byte[] json() {
    return json.clone();
  }

  @Override
  public void close() {
    if (handle != 0) {
      TokenizersLibrary.LIB.deleteTokenizer(handle);
      handle = 0;
    }
  }
}
