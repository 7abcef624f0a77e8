package io.headwater.corpus.shard;

import io.headwater.checkpoint.UserException;
import io.headwater.corpus.shard.CorpusManifest.FileEntry;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of a corpus on this machine, and the manifest that they must agree with. */
record CorpusFolder(Path directory, CorpusManifest manifest) {
  private static final Logger LOG = LoggerFactory.getLogger(CorpusFolder.class);

  /** The folder itself, or a copy of it on this machine, every byte of which was checked. */
  static CorpusFolder local(String directory) throws IOException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(directory);
    URI uri = path.toUri();
    if (uri.getScheme() == null || uri.getScheme().equals("file")) {
      return open(Path.of(uri.getPath()));
    }
    return copy(path);
  }

  private static CorpusFolder open(Path directory) throws IOException {
    Path file = directory.resolve(CorpusManifest.FILE);
    if (!Files.isRegularFile(file)) {
      throw notACorpus(directory.toString());
    }
    return new CorpusFolder(
        directory, ManifestJson.read(Files.readAllBytes(file), file.toString()));
  }

  private static UserException notACorpus(String directory) {
    return new UserException(
        "Cannot open corpus "
            + directory
            + ": it has no "
            + CorpusManifest.FILE
            + "; name a folder that ingest wrote");
  }

  /** Copies into a folder named by the manifest's hash; the processes of a machine share it. */
  private static CorpusFolder copy(org.apache.hadoop.fs.Path from) throws IOException {
    FileSystem remote = from.getFileSystem(new Configuration());
    org.apache.hadoop.fs.Path manifestFile =
        new org.apache.hadoop.fs.Path(from, CorpusManifest.FILE);
    if (!remote.exists(manifestFile)) {
      throw notACorpus(from.toString());
    }
    byte[] json;
    try (InputStream in = remote.open(manifestFile)) {
      json = in.readAllBytes();
    }
    CorpusManifest manifest = ManifestJson.read(json, manifestFile.toString());
    Path parent =
        Path.of(
            System.getProperty("java.io.tmpdir"),
            "headwater-corpus-" + System.getProperty("user.name"));
    Path target = parent.resolve(Sha256.of(json));
    if (Files.isDirectory(target)) {
      return new CorpusFolder(target, manifest);
    }
    LOG.info("Copying corpus {} to {}", from, target);
    Files.createDirectories(parent);
    Path partial = Files.createTempDirectory(parent, ".partial-");
    try {
      CorpusFolder copy = new CorpusFolder(partial, manifest);
      for (FileEntry entry : manifest.files()) {
        try (InputStream in = remote.open(new org.apache.hadoop.fs.Path(from, entry.name()))) {
          Files.copy(in, copy.file(entry.name()));
        }
        copy.checkContents(entry);
      }
      Files.write(partial.resolve(CorpusManifest.FILE), json);
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (DirectoryNotEmptyException | FileAlreadyExistsException e) {
      LOG.debug("Another process copied {} meanwhile", from, e);
    } finally {
      delete(partial);
    }
    return new CorpusFolder(target, manifest);
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  void checkSizes() throws IOException {
    for (FileEntry entry : manifest.files()) {
      try {
        long bytes = Files.size(file(entry.name()));
        if (bytes != entry.bytes()) {
          throw damaged(entry, "it has " + bytes + " bytes where " + entry.bytes() + " are due");
        }
      } catch (NoSuchFileException e) {
        throw damaged(entry, "it is missing");
      }
    }
  }

  void checkContents() throws IOException {
    for (FileEntry entry : manifest.files()) {
      checkContents(entry);
    }
  }

  private void checkContents(FileEntry entry) throws IOException {
    try (InputStream in = Files.newInputStream(file(entry.name()))) {
      checkHash(entry, Sha256.of(in));
    }
  }

  /** A whole file that fits into memory, checked. */
  byte[] checkedBytes(String name) throws IOException {
    FileEntry entry =
        manifest.files().stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new UserException(
                        "Cannot read corpus " + directory + ": its manifest lists no " + name));
    byte[] bytes = Files.readAllBytes(file(name));
    checkHash(entry, Sha256.of(bytes));
    return bytes;
  }

  private void checkHash(FileEntry entry, String sha256) {
    if (!sha256.equals(entry.sha256())) {
      throw damaged(entry, "its SHA-256 is " + sha256 + ", not " + entry.sha256());
    }
  }

  private UserException damaged(FileEntry entry, String why) {
    return new UserException(
        "Cannot read "
            + file(entry.name())
            + ": "
            + why
            + "; the corpus is damaged, ingest it again");
  }
}
