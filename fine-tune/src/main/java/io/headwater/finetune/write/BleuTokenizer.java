package io.headwater.finetune.write;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The tokens that BLEU counts, by the rules of {@code mteval-v13a}, as sacreBLEU has them by
 * default (Post, arXiv:1804.08771). Only ASCII punctuation is set apart.
 */
final class BleuTokenizer {
  private static final Pattern PUNCTUATION =
      Pattern.compile("([\\{-\\~\\[-\\` -\\&\\(-\\+\\:-\\@\\/])");
  private static final Pattern STOP_AFTER_NO_DIGIT = Pattern.compile("([^0-9])([.,])");
  private static final Pattern STOP_BEFORE_NO_DIGIT = Pattern.compile("([.,])([^0-9])");
  private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])(-)");

  /** As Python's {@code str.split} cuts. */
  private static final Pattern SPACES = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

  private BleuTokenizer() {}

  static List<String> tokens(String text) {
    String line =
        " " + unescaped(text.replace("<skipped>", "").replace("-\n", "").replace("\n", " ")) + " ";
    line = PUNCTUATION.matcher(line).replaceAll(" $1 ");
    line = STOP_AFTER_NO_DIGIT.matcher(line).replaceAll("$1 $2 ");
    line = STOP_BEFORE_NO_DIGIT.matcher(line).replaceAll(" $1 $2");
    line = DASH_AFTER_DIGIT.matcher(line).replaceAll("$1 $2 ");
    return SPACES.splitAsStream(line).filter(token -> !token.isEmpty()).toList();
  }

  private static String unescaped(String line) {
    return line.replace("&quot;", "\"")
        .replace("&amp;", "&")
        .replace("&lt;", "<")
        .replace("&gt;", ">");
  }
}
