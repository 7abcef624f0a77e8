package io.headwater.corpus.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Plain text, cut by {@link DocumentUnit}. */
final class TextDocuments {
  private TextDocuments() {}

  static Documents of(InputStream in, DocumentUnit unit, Tally tally) {
    return switch (unit) {
      case FILE -> whole(in, tally);
      case LINE -> lines(new Lines(in, tally), tally);
      case PARAGRAPH -> paragraphs(new Lines(in, tally), tally);
    };
  }

  private static Documents whole(InputStream in, Tally tally) {
    boolean[] done = new boolean[1];
    return () -> {
      if (done[0]) {
        return null;
      }
      done[0] = true;
      byte[] raw = in.readNBytes(DocumentReader.LARGEST_DOCUMENT + 1);
      DocumentReader.checkSize(raw.length, tally);
      return tally.document(raw);
    };
  }

  private static Documents lines(Lines lines, Tally tally) {
    return () -> {
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        byte[] document = isBlank(line) ? null : tally.document(line);
        if (document != null) {
          return document;
        }
      }
      return null;
    };
  }

  private static Documents paragraphs(Lines lines, Tally tally) {
    return () -> {
      ByteArrayOutputStream paragraph = new ByteArrayOutputStream();
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        if (!isBlank(line)) {
          append(paragraph, line, tally);
        } else if (paragraph.size() > 0) {
          break;
        }
      }
      return paragraph.size() == 0 ? null : tally.document(paragraph.toByteArray());
    };
  }

  /** Lines of one document, with LF between them. */
  static void append(ByteArrayOutputStream document, byte[] line, Tally tally) throws IOException {
    DocumentReader.checkSize((long) document.size() + line.length + 1, tally);
    if (document.size() > 0) {
      document.write('\n');
    }
    document.write(line);
  }

  static boolean isBlank(byte[] line) {
    return new Utf8Text(line, 0).isBlank() && !Utf8Text.hasNul(line);
  }
}
