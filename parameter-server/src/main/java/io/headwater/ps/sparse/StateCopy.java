package io.headwater.ps.sparse;

import io.headwater.ps.protocol.RowFrame;
import io.headwater.ps.protocol.RowFrame.Parties;
import io.headwater.ps.protocol.RowFrame.Type;
import io.headwater.ps.protocol.RowSet;
import java.util.ArrayDeque;
import java.util.Queue;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/*
 * Rows are read between two pushes and put into the log at once, all parts of a record together. So
 * what the log had before is in them, and what it has after them is to be applied to them: whoever
 * takes the log in, in order, ends with the same rows. A row created after its table was begun
 * needs no copy: it begins with its initial value there too, and all of its pushes follow.
 */
/**
 * The state of a replica on its way to a new one, put into the log piece by piece while pushes go
 * on. For the replica's thread.
 */
final class StateCopy {
  private static final int NOBODY = -1;

  private final OpenTables tables;
  private final Queue<RowSession> sessions = new ArrayDeque<>();
  private final Parties self;
  private final int mtu;
  private final UnsafeBuffer frame;
  private final RowSet part = new RowSet();
  private int place; // of the table under way
  private long row;
  private long rows = NOBODY; // of the table under way; NOBODY: it is not begun
  private long tag;
  private boolean complete;

  /**
   * @param mtu of the way to the new replica
   */
  StateCopy(OpenTables tables, RowSessions known, long run, int shard, int mtu) {
    this.tables = tables;
    this.mtu = mtu;
    self = new Parties(run, shard, NOBODY, 0);
    known.forEach(sessions::add);
    frame = new UnsafeBuffer(BufferUtil.allocateDirectAligned(mtu, Long.BYTES));
  }

  boolean isComplete() {
    return complete;
  }

  /**
   * Adds the next piece.
   *
   * @param newTag for its frames
   */
  void addTo(FrameLog log, long newTag) {
    tag = newTag;
    if (!sessions.isEmpty()) {
      RowSession session = sessions.remove();
      add(log, Type.SESSION, session.parties(), session.applied());
    } else if (place < tables.size()) {
      addTable(log, tables.at(place));
    } else {
      add(log, Type.COMPLETE, self, 0);
      complete = true;
    }
  }

  private void add(FrameLog log, Type type, Parties parties, long sequence) {
    RowFrame.putAnswer(frame, 0, type, parties, sequence, 0, 0, 0);
    log.append(frame, 0, RowFrame.HEADER_LENGTH, tag);
  }

  private void addTable(FrameLog log, SparseTable table) {
    if (table == null) {
      next(); // whoever opens it when it is read will say so
    } else if (rows == NOBODY) {
      byte[] description = TableDescription.encode(table.config());
      RowFrame.putOpen(frame, 0, self, 0, TableDescription.key(table.config()), description);
      log.append(frame, 0, RowFrame.HEADER_LENGTH + description.length, tag);
      rows = table.rows();
    } else if (row < rows) {
      addRows(log, table);
    } else {
      next();
    }
  }

  private void next() {
    place++;
    rows = NOBODY;
    row = 0;
  }

  private void addRows(FrameLog log, SparseTable table) {
    TableFields fields = TableFields.of(table.config());
    int widest = Math.max(table.config().columns(), Words.COUNT);
    int count = (int) Math.min(Math.max(1, RowFrame.rows(mtu, widest)), rows - row);
    for (int field = 1; field < fields.size(); field++) {
      table.readRecords(row, count, field, part);
      long key = TableDescription.key(table.config());
      RowFrame.putRecords(frame, 0, self, field, key, part);
      log.append(frame, 0, RowFrame.length(count, part.columns()), tag);
    }
    row += count;
  }
}
