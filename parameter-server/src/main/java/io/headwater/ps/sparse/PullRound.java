package io.headwater.ps.sparse;

import io.headwater.ps.protocol.RowFrame;
import io.headwater.ps.protocol.RowSet;
import java.util.Arrays;
import java.util.BitSet;

/**
 * One pull from one shard: its ids cut into questions of one frame each, and where their answers
 * go. Used again for the next pull. Single-threaded.
 */
final class PullRound {
  private static final int ON_THEIR_WAY = 8; // questions; their answers fill half a term

  private final RowSet ids = new RowSet();
  private final RowSet answer = new RowSet();
  private final BitSet answered = new BitSet();
  private int[] places = new int[0]; // of each id in the pull as a whole
  private long table;
  private int columns;
  private int rowsPerFrame = 1;
  private long first; // sequence of the first question
  private int questions;
  private int asked;
  private int inFlight;
  private int missing;
  private float[] into;

  /** Begins a pull; ids are added then. */
  void begin(long ofTable, int ofColumns, int rows, float[] target) {
    table = ofTable;
    columns = ofColumns;
    rowsPerFrame = rows;
    into = target;
    first += questions; // answers to old questions are none to new ones
    questions = 0;
    missing = 0;
    ids.resize(0, 0);
  }

  void add(long id, int place) {
    if (ids.count() == places.length) {
      places = Arrays.copyOf(places, Math.max(64, 2 * places.length));
    }
    places[ids.count()] = place;
    ids.add(id, into, 0);
  }

  /** All ids are there: questions may be asked. */
  void start() {
    questions = (ids.count() + rowsPerFrame - 1) / rowsPerFrame;
    missing = questions;
    asked = 0;
    inFlight = 0;
    answered.clear();
  }

  boolean isComplete() {
    return missing == 0;
  }

  String missing() {
    return missing + " of " + questions + " sets of rows";
  }

  /** The number of the question to ask now; negative if there is none. */
  int next() {
    while (asked < questions && answered.get(asked)) {
      asked++;
    }
    return asked < questions && inFlight < ON_THEIR_WAY ? asked : -1;
  }

  void onAsked() {
    asked++;
    inFlight++;
  }

  /** Asks again what was not answered. */
  void rewind() {
    asked = 0;
    inFlight = 0;
  }

  long table() {
    return table;
  }

  RowSet ids() {
    return ids;
  }

  long sequence(int question) {
    return first + question;
  }

  int from(int question) {
    return question * rowsPerFrame;
  }

  int count(int question) {
    return Math.min(rowsPerFrame, ids.count() - from(question));
  }

  /** Whether a frame answers a question that is open. */
  boolean isAnswer(RowFrame frame) {
    long question = frame.sequence() - first;
    return question >= 0
        && question < questions
        && frame.table() == table
        && !answered.get((int) question);
  }

  /** Copies the rows of an answer to their places; returns whether they are those asked for. */
  boolean take(RowFrame frame) {
    int question = (int) (frame.sequence() - first);
    int from = from(question);
    if (frame.count() != count(question) || frame.columns() != columns) {
      return false;
    }
    frame.read(answer);
    if (!Arrays.equals(answer.ids(), 0, answer.count(), ids.ids(), from, from + answer.count())) {
      return false;
    }
    for (int i = 0; i < answer.count(); i++) {
      System.arraycopy(answer.values(), i * columns, into, places[from + i] * columns, columns);
    }
    answered.set(question);
    missing--;
    inFlight = Math.max(0, inFlight - 1);
    return true;
  }
}
