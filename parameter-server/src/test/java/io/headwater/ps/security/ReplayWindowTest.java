package io.headwater.ps.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplayWindowTest {
  private static boolean take(ReplayWindow window, long sequence) {
    boolean fresh = window.isNew(sequence);
    if (fresh) {
      window.mark(sequence);
    }
    return fresh;
  }

  @Test
  void takesEachSequenceOnceInAnyOrder() {
    ReplayWindow window = new ReplayWindow(0);
    for (long sequence : new long[] {5, 1, 4, 900, 2, 1024, 3}) {
      assertThat(take(window, sequence)).isTrue();
      assertThat(take(window, sequence)).isFalse();
    }
  }

  @Test
  void refusesWhatIsAtOrBelowTheFloor() {
    ReplayWindow window = new ReplayWindow(100);
    assertThat(take(window, 100)).isFalse();
    assertThat(take(window, 0)).isFalse();
    assertThat(take(window, -1)).isFalse();
    assertThat(take(window, Long.MIN_VALUE)).isFalse();
    assertThat(take(window, 101)).isTrue();
    assertThat(take(window, Long.MAX_VALUE)).isTrue();
    assertThat(take(window, 102)).isFalse();
  }

  @Test
  void takesWhatWasTakenBackOnceMore() {
    ReplayWindow window = new ReplayWindow(0);
    assertThat(take(window, 7)).isTrue();
    window.unmark(7);
    assertThat(take(window, 7)).isTrue();
    assertThat(take(window, 7)).isFalse();
  }

  @Test
  void agreesWithASetOnRandomWalks() {
    Random random = new Random(11);
    for (int walk = 0; walk < 50; walk++) {
      ReplayWindow window = new ReplayWindow(0);
      Set<Long> taken = new HashSet<>();
      long highest = 0;
      for (int i = 0; i < 5_000; i++) {
        int reach = random.nextInt(50) == 0 ? 4 * ReplayWindow.SIZE : 200;
        long sequence = highest + random.nextInt(2 * reach) - reach;
        boolean fresh =
            sequence > 0 && sequence > highest - ReplayWindow.SIZE && !taken.contains(sequence);
        assertThat(take(window, sequence)).as("%d after %d", sequence, highest).isEqualTo(fresh);
        if (fresh) {
          taken.add(sequence);
          highest = Math.max(highest, sequence);
        }
      }
    }
  }
}
