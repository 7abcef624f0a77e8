package io.headwater.corpus.source;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The text entries of a zip or jar, outside META-INF. */
final class ArchiveDocuments implements Documents {
  private final ZipInputStream archive;
  private final DocumentUnit unit;
  private final Tally tally;
  private Documents entry = () -> null;

  ArchiveDocuments(InputStream in, DocumentUnit unit, Tally tally) {
    this.archive = new ZipInputStream(in);
    this.unit = unit;
    this.tally = tally;
  }

  @Override
  public byte[] next() throws IOException {
    while (true) {
      byte[] document = entry.next();
      if (document != null) {
        return document;
      }
      ZipEntry next = archive.getNextEntry();
      if (next == null) {
        if (tally.documents() == 0) {
          throw tally.refused("the archive has no text entry outside META-INF");
        }
        return null;
      }
      if (!next.isDirectory() && !next.getName().startsWith("META-INF/")) {
        entry = documentsOfEntry();
      }
    }
  }

  private Documents documentsOfEntry() throws IOException {
    byte[] raw = archive.readNBytes(DocumentReader.LARGEST_DOCUMENT + 1);
    DocumentReader.checkSize(raw.length, tally);
    boolean binary =
        Utf8Text.hasNul(raw)
            || Utf8Text.isMostlyUndecodable(Utf8Text.of(raw).invalid(), raw.length);
    if (binary) {
      tally.skipEntry();
      return () -> null;
    }
    return TextDocuments.of(new ByteArrayInputStream(raw), unit, tally);
  }
}
