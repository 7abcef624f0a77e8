package io.headwater.corpus.shard;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What one shard is joined from. Shards are filled document by document, each until the next one
 * would take it past the limit, so that where they end does not depend on how the parts were cut.
 *
 * @param number from 0 within the split
 * @param segments in order
 */
public record ShardPlan(Split split, int number, List<Segment> segments) implements Serializable {
  /** Documents in a row of one part, and their tokens. */
  public record Segment(Part part, long firstDocument, int documents, long firstToken, long tokens)
      implements Serializable {}

  public ShardPlan {
    segments = new ArrayList<>(segments); // Java's immutable lists are not for Spark's closures
  }

  /** Plans a split's shards, reading the parts' lengths and nothing else. */
  public static List<ShardPlan> plan(
      Split split,
      List<Part> parts,
      ElementType type,
      long maxShardBytes,
      FileSystem files,
      Path folder)
      throws IOException {
    Planner planner = new Planner(split, Math.max(1, maxShardBytes / type.bytes()));
    for (Part part : parts) {
      if (part.documents() > 0) {
        Path lengths = new Path(folder, part.lengthsFile());
        try (DataInputStream in =
            new DataInputStream(new BufferedInputStream(files.open(lengths), 1 << 16))) {
          planner.add(part, in);
        }
      }
    }
    return planner.finish();
  }

  private static final class Planner {
    private final Split split;
    private final long maxTokens;
    private final List<ShardPlan> plans = new ArrayList<>();
    private final List<Segment> segments = new ArrayList<>();
    private long shardTokens;
    private long shardDocuments;

    Planner(Split split, long maxTokens) {
      this.split = split;
      this.maxTokens = maxTokens;
    }

    void add(Part part, DataInputStream lengths) throws IOException {
      long firstDocument = 0;
      long firstToken = 0;
      int documents = 0;
      long tokens = 0;
      for (long document = 0; document < part.documents(); document++) {
        int length = lengths.readInt();
        boolean full =
            shardDocuments > 0
                && (shardTokens + length > maxTokens || shardDocuments == ShardIndex.MAX_DOCUMENTS);
        if (full) {
          addSegment(part, firstDocument, documents, firstToken, tokens);
          firstDocument += documents;
          firstToken += tokens;
          documents = 0;
          tokens = 0;
          endShard();
        }
        documents++;
        tokens += length;
        shardDocuments++;
        shardTokens += length;
      }
      addSegment(part, firstDocument, documents, firstToken, tokens);
    }

    private void addSegment(Part part, long firstDocument, int documents, long first, long tokens) {
      if (documents > 0) {
        segments.add(new Segment(part, firstDocument, documents, first, tokens));
      }
    }

    private void endShard() {
      plans.add(new ShardPlan(split, plans.size(), segments));
      segments.clear();
      shardTokens = 0;
      shardDocuments = 0;
    }

    List<ShardPlan> finish() {
      if (!segments.isEmpty()) {
        endShard();
      }
      return plans;
    }
  }
}
