package io.headwater.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.UserException;
import org.junit.jupiter.api.Test;

class PrecisionTest {
  @Test
  void findsInstructionsAmongTheProcessorsFlags() {
    assertThat(Precision.hasInstructions("model name\t: x\nflags\t\t: fpu avx512_bf16 rdpid"))
        .isTrue();
    assertThat(Precision.hasInstructions("flags\t\t: fpu avx512f amx_bf16 amx_tile")).isTrue();
    assertThat(Precision.hasInstructions("Features\t: fp asimd bf16 i8mm")).isTrue();
  }

  @Test
  void doesNotTakeOneFlagForAnother() {
    assertThat(Precision.hasInstructions("flags\t\t: fpu avx512f avx512bw not_bf16")).isFalse();
    assertThat(Precision.hasInstructions("model name\t: the bf16 machine")).isFalse();
    assertThat(Precision.hasInstructions("")).isFalse();
  }

  @Test
  void hasNamesAndRefusesOthers() {
    for (Precision precision : Precision.values()) {
      assertThat(Precision.named(precision.toString())).isEqualTo(precision);
    }
    assertThatThrownBy(() -> Precision.named("fp16"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("fp16")
        .hasMessageContaining("[fp32, bf16, bf16-anywhere]");
  }
}
