package io.headwater.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local disk seen by a process that is killed after a number of changes: {@code dying:/path}.
 * Creating, writing, deleting and renaming count; once dead, nothing happens any more.
 */
public final class DyingFileSystem extends RawLocalFileSystem {
  private static int changesLeft = Integer.MAX_VALUE;

  static void dieAfter(int changes) {
    changesLeft = changes;
  }

  static void live() {
    changesLeft = Integer.MAX_VALUE;
  }

  @Override
  public String getScheme() {
    return "dying";
  }

  @Override
  public URI getUri() {
    return URI.create("dying:///");
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    change();
    return wrap(
        super.create(file, permission, overwrite, bufferSize, replication, blockSize, progress));
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    change();
    return wrap(super.create(file, overwrite, bufferSize, replication, blockSize, progress));
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    change();
    return super.rename(from, to);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    change();
    return super.delete(path, recursive);
  }

  private FSDataOutputStream wrap(FSDataOutputStream out) throws IOException {
    return new FSDataOutputStream(
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
          }

          @Override
          public void write(byte[] source, int offset, int count) throws IOException {
            change();
            out.write(source, offset, count);
          }

          @Override
          public void close() throws IOException {
            out.close();
          }
        },
        statistics);
  }

  private static void change() throws IOException {
    if (changesLeft == 0) {
      throw new IOException("killed");
    }
    changesLeft--;
  }
}
