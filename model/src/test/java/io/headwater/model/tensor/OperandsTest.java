package io.headwater.model.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OperandsTest {
  @Test
  void findsInstructionsAmongTheProcessorsFlags() {
    assertThat(Operands.hasBf16Instructions("model name\t: x\nflags\t\t: fpu avx512f avx512_bf16 rdpid"))
        .isTrue();
    assertThat(Operands.hasBf16Instructions("flags\t\t: fpu avx512f amx_bf16 amx_tile")).isTrue();
    assertThat(Operands.hasBf16Instructions("Features\t: fp asimd bf16 i8mm")).isTrue();
  }

  @Test
  void doesNotTakeOneFlagForAnother() {
    assertThat(Operands.hasBf16Instructions("flags\t\t: fpu avx512f avx512bw not_bf16")).isFalse();
    assertThat(Operands.hasBf16Instructions("model name\t: the bf16 machine")).isFalse();
    assertThat(Operands.hasBf16Instructions("")).isFalse();
  }
}
