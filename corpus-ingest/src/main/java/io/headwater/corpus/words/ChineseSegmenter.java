package io.headwater.corpus.words;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.cn.smart.HMMChineseTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/** The words that Lucene's smartcn finds. */
final class ChineseSegmenter implements Segmenter {
  /** What smartcn makes of every mark. */
  private static final String MARK = ",";

  private final HMMChineseTokenizer tokenizer = new HMMChineseTokenizer();
  private final CharTermAttribute word = tokenizer.addAttribute(CharTermAttribute.class);

  @Override
  public List<String> words(String line) {
    List<String> words = new ArrayList<>();
    tokenizer.setReader(new StringReader(line));
    try (tokenizer) { // which may be opened again
      tokenizer.reset();
      while (tokenizer.incrementToken()) {
        if (!word.toString().equals(MARK)) {
          words.add(word.toString());
        }
      }
      tokenizer.end();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot cut text into words", e);
    }
    return words;
  }
}
