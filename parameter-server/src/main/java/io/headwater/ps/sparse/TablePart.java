package io.headwater.ps.sparse;

import java.util.Locale;

/**
 * One shard's rows of a table, staged until those of all shards are there.
 *
 * @param shard number of the shard
 * @param shards number of all shards
 */
record TablePart(int shard, int shards) {
  /** The folder under which the part is staged, as the output of a run of one shard. */
  String folder(String tableFolder) {
    return tableFolder + String.format(Locale.ROOT, "/parts/shard-%05d-of-%05d", shard, shards);
  }

  /** The staged record of the part: its length and hash. */
  String record(String tableFolder, long step) {
    return staging(tableFolder, step) + "/parts/part-00000-of-00001.json";
  }

  /** The staged rows. */
  String rows(String tableFolder, long step) {
    return staging(tableFolder, step) + "/parts/weights-00000-of-00001.f32";
  }

  /** The folder in which the step's part lies. */
  String staging(String tableFolder, long step) {
    return folder(tableFolder) + String.format(Locale.ROOT, "/.step-%08d.partial", step);
  }
}
