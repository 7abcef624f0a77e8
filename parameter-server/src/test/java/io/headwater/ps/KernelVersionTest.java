package io.headwater.ps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KernelVersionTest {
  @Test
  void thisBuildHasTheFastVersion() {
    assertThat(KernelVersion.best()).isEqualTo(KernelVersion.VECTOR);
    assertThat(KernelVersion.choose("vector")).isEqualTo(KernelVersion.VECTOR);
  }

  @Test
  void thePlainVersionCanBeAskedFor() {
    assertThat(KernelVersion.choose("scalar")).isEqualTo(KernelVersion.SCALAR);
  }

  @Test
  void refusesAVersionThatThereIsNot() {
    assertThatThrownBy(() -> KernelVersion.choose("quantum"))
        .hasMessage("Cannot use headwater.kernels=quantum: must be scalar or vector");
  }
}
