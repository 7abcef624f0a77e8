package io.headwater.worker;

import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.sparse.SparseTableConfig;
import java.io.Serializable;

/**
 * Word vectors whose two matrices are sparse tables: what all workers know. A batch of the run is a
 * part of what is read; an epoch has as many as there are parts.
 */
public interface WordTraining extends Serializable {
  /** The table of the vectors; it may have as many rows as the matrix has. */
  SparseTableConfig inputTable();

  /** The table of the rows that predict; it may have as many rows as the matrix has. */
  SparseTableConfig outputTable();

  /** What an epoch's batches read. */
  int parts();

  int epochs();

  double learningRate();

  /** At the end of the run. */
  double lastLearningRate();

  /** Makes a worker ready. */
  RowTraining open();

  /** Elements of the flat vector that goes along with the tables, which the run needs to count. */
  static long flatElements(int shards) {
    return (long) shards * ChunkSize.BLOCK;
  }
}
