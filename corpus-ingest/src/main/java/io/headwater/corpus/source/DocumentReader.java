package io.headwater.corpus.source;

import io.headwater.checkpoint.UserException;
import io.headwater.corpus.shard.Sha256;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Iterator;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.tukaani.xz.XZIOException;
import org.tukaani.xz.XZInputStream;

/**
 * The documents of one input file as well-formed UTF-8, streamed. At the file's end, or where it is
 * refused, the counts are told once. A refusal ends the documents instead of throwing, so that the
 * job's driver can say it in one line; faults of the storage are thrown. One thread.
 */
public final class DocumentReader implements Iterator<byte[]> {
  /** Larger ones would not fit the arrays on their way. */
  static final int LARGEST_DOCUMENT = 1 << 30;

  private static final int SNIFF = 16;

  private final SourceFile source;
  private final DocumentOptions options;
  private final Configuration configuration;
  private final Consumer<SourceCounts> atEnd;
  private final Tally tally;
  private final MessageDigest digest = Sha256.digest();

  private Counting file;
  private Documents documents;
  private byte[] next;
  private boolean ended;

  /** Opens the file at the first document asked for. */
  public DocumentReader(
      SourceFile source,
      DocumentOptions options,
      Configuration configuration,
      Consumer<SourceCounts> atEnd) {
    this.source = source;
    this.options = options;
    this.configuration = configuration;
    this.atEnd = atEnd;
    this.tally = new Tally(source.uri());
  }

  /** Counts bytes as they lie in the file. */
  private static final class Counting extends FilterInputStream {
    private long count;

    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int value = in.read();
      count += value < 0 ? 0 : 1;
      return value;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = in.read(into, offset, length);
      count += Math.max(0, read);
      return read;
    }
  }

  @Override
  public boolean hasNext() {
    if (next == null && !ended) {
      advance();
    }
    return next != null;
  }

  @Override
  public byte[] next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    byte[] document = next;
    next = null;
    return document;
  }

  private void advance() {
    try {
      if (documents == null) {
        documents = open();
      }
      next = documents.next();
      if (next == null) {
        tally.checkDecodable();
        file.transferTo(OutputStream.nullOutputStream());
        end(null);
      }
    } catch (UserException e) {
      end(e.getMessage());
    } catch (ZipException | XZIOException | EOFException e) {
      end("Cannot read " + source.uri() + ": its compressed data is damaged: " + e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + source.uri() + ": " + e.getMessage(), e);
    }
  }

  private void end(String problem) {
    ended = true;
    next = null;
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot close " + source.uri() + ": " + e.getMessage(), e);
    }
    atEnd.accept(tally.counts(source.number(), file.count, Sha256.hex(digest), problem));
  }

  private Documents open() throws IOException {
    Path path = new Path(source.uri());
    InputStream raw = path.getFileSystem(configuration).open(path);
    file = new Counting(new DigestInputStream(raw, digest));
    BufferedInputStream in = new BufferedInputStream(file, 1 << 16);
    InputStream text = in;
    byte[] head = sniff(in);
    if (isGzip(head)) {
      text = new GZIPInputStream(in, 1 << 16);
    } else if (isXz(head)) {
      text = new XZInputStream(in);
    }
    BufferedInputStream content = new BufferedInputStream(text, 1 << 16);
    byte[] start = sniff(content);
    if (start.length >= 3
        && start[0] == (byte) 0xEF
        && start[1] == (byte) 0xBB
        && start[2] == (byte) 0xBF) {
      content.skipNBytes(3); // a byte order mark is no text
    }
    return switch (format(start)) {
      case JSONL -> new JsonDocuments(content, options.textField(), tally);
      case WIKI -> new WikiDocuments(content, tally);
      case ARCHIVE -> new ArchiveDocuments(content, options.unit(), tally);
      case TEXT, AUTO -> TextDocuments.of(content, options.unit(), tally);
    };
  }

  private InputFormat format(byte[] start) {
    if (options.format() != InputFormat.AUTO) {
      return options.format();
    }
    if (start.length >= 4 && start[0] == 'P' && start[1] == 'K' && start[2] == 3 && start[3] == 4) {
      return InputFormat.ARCHIVE;
    }
    if (WikiDocuments.startsWith(start, WikiDocuments.OPEN)) {
      return InputFormat.WIKI;
    }
    String name = source.uri().toLowerCase(Locale.ROOT).replaceAll("\\.(gz|xz)$", "");
    return name.endsWith(".jsonl") || name.endsWith(".ndjson")
        ? InputFormat.JSONL
        : InputFormat.TEXT;
  }

  private static byte[] sniff(BufferedInputStream in) throws IOException {
    in.mark(SNIFF);
    byte[] head = in.readNBytes(SNIFF);
    in.reset();
    return head;
  }

  private static boolean isGzip(byte[] head) {
    return head.length > 2 && head[0] == 0x1F && head[1] == (byte) 0x8B;
  }

  private static boolean isXz(byte[] head) {
    return head.length > 5 && head[0] == (byte) 0xFD && head[1] == '7' && head[2] == 'z';
  }

  static void checkSize(long bytes, Tally tally) {
    if (bytes > LARGEST_DOCUMENT) {
      throw tally.refused(
          "a document is larger than "
              + LARGEST_DOCUMENT
              + " bytes; cut the text by line or paragraph");
    }
  }
}
