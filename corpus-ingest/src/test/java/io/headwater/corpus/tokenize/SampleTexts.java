package io.headwater.corpus.tokenize;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Texts that tokenizers get wrong. */
final class SampleTexts {
  static final List<String> AWKWARD =
      List.of(
          "",
          " ",
          "   ",
          "\n\n\n",
          "a",
          "Hello, world!",
          "  two  spaces   and\ttabs\r\n\r\nends  ",
          "don't you'll I'm they've we'd he's 'tis DON'T ''s '",
          "x'sx 'r 've' !'s",
          "naïve café Zürich ¡olé! 北京是中国的首都。 日本語のテキスト",
          "emoji 😀👩‍👩‍👧 ok ½ ⅷ ² ٣",
          "nbsp\u00A0\u00A0x\u2003y\u3000\u3000z\u0085\u2028w\u200Bv\u180Eu",
          "1234567890 3.14159 1,000,000 _a_ --- ... \u0000\u0001\u007F",
          "a<|endoftext|>b <|endoftext|><|endoftext|> c",
          "<|endoftext|",
          "\uFFFD\uFEFFbom");

  private SampleTexts() {}

  /** Well-formed text of any assigned code points, spaces and letters more often. */
  static String random(Random random, int length) {
    StringBuilder text = new StringBuilder();
    IntStream.range(0, length).forEach(i -> text.appendCodePoint(codePoint(random)));
    return text.toString();
  }

  private static int codePoint(Random random) {
    String common = " \n\t'abcxyzABC019.,-_";
    if (random.nextInt(3) > 0) {
      return common.charAt(random.nextInt(common.length()));
    }
    int bound = random.nextBoolean() ? 0x3000 : 0x20000;
    while (true) {
      int codePoint = random.nextInt(bound);
      int type = Character.getType(codePoint);
      if (type != Character.SURROGATE && type != Character.UNASSIGNED) {
        return codePoint;
      }
    }
  }
}
