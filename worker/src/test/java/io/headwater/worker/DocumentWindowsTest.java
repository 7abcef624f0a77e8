package io.headwater.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.worker.DocumentWindows.Window;
import org.junit.jupiter.api.Test;

class DocumentWindowsTest {
  @Test
  void coverEveryTokenOnceAndNeverCrossDocuments() {
    long[] starts = {0, 1, 11, 21, 46};
    DocumentWindows windows = new DocumentWindows(starts, 10);
    assertThat(windows.count()).isEqualTo(1 + 1 + 1 + 3);
    long next = 0;
    for (long i = 0; i < windows.count(); i++) {
      Window window = windows.window(i);
      assertThat(window.start()).isEqualTo(next);
      assertThat(window.length()).isBetween(1, 10);
      next += window.length();
      assertThat(window.start()).isGreaterThanOrEqualTo(starts[window.document()]);
      assertThat(next).isLessThanOrEqualTo(starts[window.document() + 1]);
    }
    assertThat(next).isEqualTo(46);
  }
}
