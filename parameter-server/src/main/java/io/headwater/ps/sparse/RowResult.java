package io.headwater.ps.sparse;

/** What a shard has to say to a frame of a worker; on the wire, its number in this list. */
enum RowResult {
  OK("it was applied"),
  NOT_FINITE("a gradient, or the sum of a row's gradients, or the rate, is infinite or NaN"),
  FULL("the shard's part of the table has no room for more rows"),
  UNKNOWN("the shard has no such table of so many columns"),
  DIFFERENT("the table was opened with other settings before"),
  UNREADABLE("its checkpoint cannot be loaded; the shard's log says why"),
  TOO_MANY("the shard has as many tables as it may have");

  private static final RowResult[] VALUES = values();

  private final String why;

  RowResult(String why) {
    this.why = why;
  }

  String why() {
    return why;
  }

  /** Of a number from the network; UNKNOWN if it is none. */
  static RowResult of(int code) {
    return code >= 0 && code < VALUES.length ? VALUES[code] : UNKNOWN;
  }

  static RowResult of(SparseTable.PushResult push) {
    return switch (push) {
      case APPLIED -> OK;
      case NOT_FINITE -> NOT_FINITE;
      case FULL -> FULL;
    };
  }
}
