package io.headwater.ps.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.UserException;
import io.headwater.ps.optimizer.UpdateGuard.State;
import io.headwater.ps.optimizer.UpdateGuard.Verdict;
import org.junit.jupiter.api.Test;

class UpdateGuardTest {
  @Test
  void refusesWhatIsNotFiniteFromTheStart() {
    UpdateGuard guard = new UpdateGuard(0, State.START);
    assertThat(guard.judge(Double.NaN)).isEqualTo(Verdict.NOT_FINITE);
    assertThat(guard.judge(Double.POSITIVE_INFINITY)).isEqualTo(Verdict.NOT_FINITE);
    assertThat(guard.judge(1e300)).isEqualTo(Verdict.ACCEPTED);
    assertThat(guard.state()).isEqualTo(new State(1e300, 1, 0));
  }

  @Test
  void refusesANormAboveTheFactorAfterTheWarmUp() {
    UpdateGuard guard = new UpdateGuard(10, State.START);
    for (int i = 0; i < UpdateGuard.WARM_UP; i++) {
      assertThat(guard.limit()).isEqualTo(Double.MAX_VALUE);
      assertThat(guard.judge(i % 2 == 0 ? 1 : 3)).isEqualTo(Verdict.ACCEPTED);
    }
    double limit = guard.limit();
    assertThat(limit).isCloseTo(20, org.assertj.core.data.Offset.offset(1e-12));
    State before = guard.state();
    assertThat(guard.judge(Math.nextUp(limit))).isEqualTo(Verdict.OUT_OF_NORM);
    assertThat(guard.judge(1e9)).isEqualTo(Verdict.OUT_OF_NORM);
    assertThat(guard.state()).isEqualTo(new State(before.average(), before.accepted(), 2));
    assertThat(guard.judge(limit)).isEqualTo(Verdict.ACCEPTED);
    assertThat(guard.state().refusedInRow()).isZero();
  }

  @Test
  void followsNormsThatFallSlowly() {
    UpdateGuard guard = new UpdateGuard(2, State.START);
    for (int i = 0; i < 2_000; i++) {
      assertThat(guard.judge(Math.exp(-i / 500.0))).isEqualTo(Verdict.ACCEPTED);
    }
    assertThat(guard.state().average()).isBetween(Math.exp(-4), 1.2 * Math.exp(-4));
  }

  @Test
  void goesOnFromItsStateWithTheSameBits() {
    UpdateGuard guard = new UpdateGuard(3, State.START);
    UpdateGuard resumed = new UpdateGuard(3, State.START);
    for (int i = 0; i < 200; i++) {
      double norm = 1 + Math.sin(i) + (i % 37 == 36 ? 50 : 0);
      assertThat(resumed.judge(norm)).isEqualTo(guard.judge(norm));
      resumed = new UpdateGuard(3, resumed.state());
      assertThat(resumed.state()).isEqualTo(guard.state());
    }
    assertThat(guard.state().accepted()).isLessThan(200);
  }

  @Test
  void refusesSettingsThatMakeNoSense() {
    assertThatThrownBy(() -> new UpdateGuard(1, State.START))
        .isInstanceOf(UserException.class)
        .hasMessage("Cannot use guard factor 1.0: must be 0 (off) or above 1");
    assertThatThrownBy(() -> new State(Double.NaN, 1, 0)).isInstanceOf(UserException.class);
  }
}
