package io.headwater.driver.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.UserException;
import io.headwater.corpus.shard.Corpus;
import io.headwater.corpus.shard.CorpusManifest;
import io.headwater.corpus.shard.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Says what a folder is, after every byte of it was checked. */
public final class Inspection {
  private Inspection() {}

  /**
   * Looks at a corpus, a checkpoint, or a run's folder with its newest checkpoint.
   *
   * @throws UserException if it is none of them, or damaged, naming the file
   */
  public static ObjectNode of(String path) {
    Path local = Path.of(path);
    boolean remote = path.matches("[A-Za-z][A-Za-z0-9+.-]+:.*");
    if (!remote && !Files.isDirectory(local)) {
      throw new UserException("Cannot inspect " + path + ": there is no such folder");
    }
    if (!remote && Files.exists(local.resolve(RunFolder.RUN))) {
      return run(local);
    }
    if (!remote && Files.exists(local.resolve("config.json"))) {
      return checkpoint(path);
    }
    if (!remote && !Files.exists(local.resolve("manifest.json"))) {
      return unfinishedRun(path);
    }
    return remote && isStep(path) ? checkpoint(path) : corpus(path);
  }

  private static boolean isStep(String path) {
    return path.replaceAll("/+$", "").replaceAll("^.*/", "").startsWith("step-");
  }

  private static ObjectNode corpus(String path) {
    CorpusManifest manifest = Corpus.verify(path);
    ObjectNode found = found("corpus");
    found.put("tokens", manifest.tokens());
    for (Split split : Split.values()) {
      CorpusManifest.SplitCounts counts = manifest.splits().get(split);
      ObjectNode part = found.putObject(split.name().toLowerCase(Locale.ROOT));
      part.put("documents", counts.documents());
      part.put("tokens", counts.tokens());
      part.put("shards", counts.shards());
    }
    found.put("tokenizer", manifest.tokenizer().name());
    found.put("vocabulary_size", manifest.tokenizer().vocabularySize());
    found.put("seed", manifest.seed());
    found.put("files", manifest.files().size());
    found.put("checksums", "verified");
    return found;
  }

  private static ObjectNode checkpoint(String path) {
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      return checkpoint(checkpoint);
    }
  }

  private static ObjectNode checkpoint(Checkpoint checkpoint) {
    ObjectNode found = found("checkpoint");
    found.put("directory", checkpoint.directory());
    found.put("step", checkpoint.step());
    found.put("architecture", checkpoint.config().path("architectures").path(0).asText());
    found.put("parameters", checkpoint.layout().elements());
    found.put("tensors", checkpoint.layout().entries().size());
    found.put("optimizer_state", checkpoint.hasOptimizerState());
    checkpoint.trainingState().ifPresent(state -> found.set("training_state", state));
    found.put("checksums", "verified");
    return found;
  }

  private static ObjectNode run(Path path) {
    JsonNode record;
    try {
      record = new ObjectMapper().readTree(path.resolve(RunFolder.RUN).toFile());
    } catch (IOException e) {
      throw new UserException(
          "Cannot inspect " + path.resolve(RunFolder.RUN) + ": it is no JSON object", e);
    }
    ObjectNode found = found("run");
    found.set("run_id", record.path("run_id"));
    found.set("results", record.path("results"));
    newest(path.toString()).ifPresent(checkpoint -> found.set("newest_checkpoint", checkpoint));
    return found;
  }

  private static ObjectNode unfinishedRun(String path) {
    ObjectNode checkpoint =
        newest(path)
            .orElseThrow(
                () ->
                    new UserException(
                        "Cannot inspect "
                            + path
                            + ": it is no corpus, checkpoint or run (no manifest.json, config.json,"
                            + " run.json or step-NNNNNNNN)"));
    ObjectNode found = found("unfinished run");
    found.set("newest_checkpoint", checkpoint);
    return found;
  }

  private static Optional<ObjectNode> newest(String output) {
    return Checkpoint.newest(output)
        .map(
            checkpoint -> {
              try (checkpoint) {
                return checkpoint(checkpoint);
              }
            });
  }

  private static ObjectNode found(String kind) {
    return JsonNodeFactory.instance.objectNode().put("kind", kind);
  }
}
