package io.headwater.ps.sparse;

import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;

/** Prometheus metrics of the tables of one shard, in the default registry. */
final class RowMetrics {
  private static final Counter ROWS =
      Counter.build(
              "headwater_ps_table_rows_total", "Rows of sparse tables by what became of them.")
          .labelNames("shard", "result")
          .register();
  private static final Counter FRAMES =
      Counter.build(
              "headwater_ps_row_frames_dropped_total", "Row frames that a shard did not take in.")
          .labelNames("shard", "reason")
          .register();
  private static final Gauge HELD =
      Gauge.build("headwater_ps_table_rows_held", "Rows of a sparse table that a shard holds.")
          .labelNames("shard", "table")
          .register();
  private static final Gauge MEMORY =
      Gauge.build("headwater_ps_table_memory_bytes", "Rows, their state and index, at a shard.")
          .labelNames("shard", "table")
          .register();

  private final String shard;
  private final Counter.Child pushed;
  private final Counter.Child refused;
  private final Counter.Child pulled;
  private final Counter.Child rejected;
  private final Counter.Child malformed;
  private final Counter.Child duplicate;
  private final Counter.Child early;

  RowMetrics(int shard) {
    this.shard = Integer.toString(shard);
    pushed = ROWS.labels(this.shard, "pushed");
    refused = ROWS.labels(this.shard, "refused");
    pulled = ROWS.labels(this.shard, "pulled");
    rejected = FRAMES.labels(this.shard, "rejected");
    malformed = FRAMES.labels(this.shard, "malformed");
    duplicate = FRAMES.labels(this.shard, "duplicate");
    early = FRAMES.labels(this.shard, "early");
  }

  void pushed(SparseTable table, int rows, RowResult result) {
    (result == RowResult.OK ? pushed : refused).inc(rows);
    size(table);
  }

  void pulled(SparseTable table, int rows) {
    pulled.inc(rows);
    size(table);
  }

  /** Of another run, shard, worker or incarnation, or in no place here. */
  void rejected() {
    rejected.inc();
  }

  void malformed() {
    malformed.inc();
  }

  /** A push out of turn: applied before, or before one that was lost. */
  void repeated(boolean before) {
    (before ? duplicate : early).inc();
  }

  private void size(SparseTable table) {
    HELD.labels(shard, table.config().name()).set(table.rows());
    MEMORY.labels(shard, table.config().name()).set(table.bytes());
  }
}
