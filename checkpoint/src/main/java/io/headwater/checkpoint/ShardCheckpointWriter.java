package io.headwater.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes one parameter shard's part of a checkpoint: its key range of the weights and its optimizer
 * state.
 *
 * <p>The part lies in the staging folder {@code <output>/.step-NNNNNNNN.partial}, where {@link
 * CheckpointCommit} joins the parts of all shards. Any thread may write; nothing is shared between
 * shards, and writing a part again replaces it.
 */
public final class ShardCheckpointWriter {
  private final String outputDirectory;
  private final int shard;
  private final int shards;
  private final long from;
  private final long to;

  /**
   * @param outputDirectory the run's output, a Hadoop URI or a local path
   * @param shard number of this shard, from 0
   * @param shards number of all shards
   * @param from first element of the shard's key range in the flat vector
   * @param to element after the last one
   */
  public ShardCheckpointWriter(String outputDirectory, int shard, int shards, long from, long to) {
    if (shard < 0 || shard >= shards || from < 0 || to < from) {
      throw new IllegalArgumentException(
          "Cannot write part " + shard + " of " + shards + ", elements " + from + " to " + to);
    }
    this.outputDirectory = outputDirectory;
    this.shard = shard;
    this.shards = shards;
    this.from = from;
    this.to = to;
  }

  /**
   * Writes the part, streaming; on return it is on the disk.
   *
   * @param weights gives out elements of the key range
   * @param optimizerState the optimizer's vectors by name ({@code exp_avg}, {@code exp_avg_sq}); no
   *     optimizer file is written when there is none
   * @throws CheckpointException if storage fails; the part does not count then
   */
  public void write(long step, BlockSource weights, Map<String, BlockSource> optimizerState) {
    StagedFolder staged =
        new StagedFolder(Checkpoint.stepFolder(Storage.path(outputDirectory), step));
    FileEntry weightsFile;
    String weightsPath = KeyRangePart.weightsPath(shard, shards);
    try (HashedOutput out = staged.create(weightsPath)) {
      out.write(weights, from, to);
      weightsFile = out.entry(weightsPath);
    }
    Optional<FileEntry> optimizerFile =
        optimizerState.isEmpty()
            ? Optional.empty()
            : Optional.of(writeOptimizer(staged, new TreeMap<>(optimizerState)));
    // Last: a part without this record was never finished.
    try (HashedOutput out = staged.create(KeyRangePart.path(shard, shards))) {
      out.write(new KeyRangePart(from, to, weightsFile, optimizerFile).toBytes());
    }
  }

  private FileEntry writeOptimizer(StagedFolder staged, SortedMap<String, BlockSource> state) {
    TensorLayout.Builder layout = TensorLayout.builder();
    state.keySet().forEach(name -> layout.add(name, to - from));
    Map<String, String> range = new LinkedHashMap<>();
    range.put(OptimizerState.FROM, Long.toString(from));
    range.put(OptimizerState.TO, Long.toString(to));
    String path = OptimizerState.path(shard, shards);
    try (HashedOutput out = staged.create(path)) {
      out.write(SafetensorsHeader.of(layout.build(), range).toBytes());
      state.values().forEach(vector -> out.write(vector, from, to));
      return out.entry(path);
    }
  }
}
