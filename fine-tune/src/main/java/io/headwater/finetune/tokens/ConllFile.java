package io.headwater.finetune.tokens;

import io.headwater.finetune.DataFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads sentences in the manner of the CoNLL shared tasks: a word a line, its tag in the last
 * column, columns parted by a tab or by blanks, a blank line between sentences. {@code -DOCSTART-}
 * lines are skipped. WikiANN puts its language before every word, {@code en:Paris}: a language that
 * all words of a file have is left out.
 */
final class ConllFile {
  private static final String DOCUMENT = "-DOCSTART-";
  private static final String BYTE_ORDER_MARK = "\uFEFF";
  private static final Pattern LANGUAGE = Pattern.compile("([a-z]{2,3}(?:-[a-z]+)?:).+");

  private final List<TaggedSentence> sentences;
  private final List<String> words = new ArrayList<>();
  private final List<String> tags = new ArrayList<>();
  private long first; // line of the sentence's first word

  private ConllFile(List<TaggedSentence> sentences) {
    this.sentences = sentences;
  }

  /**
   * All sentences.
   *
   * @throws io.headwater.checkpoint.UserException naming the line of the first fault
   */
  static List<TaggedSentence> read(String name) {
    return withoutLanguage(
        DataFile.read(name, (file, sentences) -> new ConllFile(sentences).read(file)));
  }

  private void read(DataFile file) throws IOException {
    for (String line = file.text().readLine(); line != null; line = file.text().readLine()) {
      String row = line.replace(BYTE_ORDER_MARK, ""); // files put together have some within
      if (row.isBlank() || row.startsWith(DOCUMENT)) {
        end();
      } else {
        add(row, file);
      }
      file.at(file.line() + 1);
    }
    end();
  }

  private void add(String line, DataFile file) {
    String[] columns = line.strip().split(line.contains("\t") ? "\t+" : " +");
    String tag = columns[columns.length - 1].strip();
    if (columns.length < 2) {
      throw file.fault(
          "it has a word but no tag (a word a line, its tag in the last column)", null);
    }
    if (!BioTag.isOne(tag)) {
      throw file.fault("tag '" + tag + "' is not O, B-something or I-something", null);
    }
    if (words.isEmpty()) {
      first = file.line();
    }
    words.add(columns[0]);
    tags.add(tag);
  }

  private void end() {
    if (!words.isEmpty()) {
      sentences.add(new TaggedSentence(words, tags, first));
      words.clear();
      tags.clear();
    }
  }

  private static List<TaggedSentence> withoutLanguage(List<TaggedSentence> sentences) {
    var matcher = LANGUAGE.matcher(sentences.get(0).words().get(0));
    if (!matcher.matches()) {
      return sentences;
    }
    String language = matcher.group(1);
    boolean everywhere =
        sentences.stream()
            .flatMap(sentence -> sentence.words().stream())
            .allMatch(word -> word.startsWith(language) && word.length() > language.length());
    return everywhere
        ? sentences.stream().map(each -> without(language.length(), each)).toList()
        : sentences;
  }

  private static TaggedSentence without(int prefix, TaggedSentence sentence) {
    return new TaggedSentence(
        sentence.words().stream().map(word -> word.substring(prefix)).toList(),
        sentence.tags(),
        sentence.line());
  }
}
