package io.headwater.model.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class DropoutTest {
  private static final int ELEMENTS = 1_000_003; // not a multiple of what a draw serves

  @Test
  void dropsTheShareAskedForAndKeepsTheMean() {
    try (PointerScope scope = new PointerScope()) {
      for (double rate : new double[] {0.1, 0.5}) {
        Tensor mask = Dropout.seeded(1).mask(torch.zeros(ELEMENTS), rate);
        double dropped = mask.eq(new Scalar(0)).sum().item_double() / ELEMENTS;
        assertThat(dropped).isCloseTo(rate, within(0.002));
        assertThat(mask.max().item_double()).isCloseTo(1 / (1 - rate), within(1e-4));
        assertThat(mask.to(ScalarType.Double).mean().item_double()).isCloseTo(1, within(0.004));
      }
    }
  }

  @Test
  void neighboursAreDroppedIndependently() {
    try (PointerScope scope = new PointerScope()) {
      Tensor kept = Dropout.seeded(2).mask(torch.zeros(ELEMENTS), 0.5).gt(new Scalar(0));
      for (int distance = 1; distance <= 8; distance++) {
        Tensor same = kept.narrow(0, 0, ELEMENTS - 8).eq(kept.narrow(0, distance, ELEMENTS - 8));
        assertThat(same.to(ScalarType.Double).mean().item_double()).isCloseTo(0.5, within(0.003));
      }
    }
  }

  @Test
  void masksAreAFunctionOfSeedPartAndOrder() {
    try (PointerScope scope = new PointerScope()) {
      Tensor like = torch.zeros(64, 64);
      Dropout one = Dropout.seeded(3);
      Tensor first = one.mask(like, 0.3);
      Tensor second = one.mask(like, 0.3);
      Dropout other = Dropout.seeded(3);
      assertThat(other.mask(like, 0.3).equal(first)).isTrue();
      assertThat(other.mask(like, 0.3).equal(second)).isTrue();
      assertThat(first.equal(second)).isFalse();
      Tensor part = Dropout.seeded(3).part(1).mask(like, 0.3);
      assertThat(one.part(1).mask(like, 0.3).equal(part)).isTrue();
      assertThat(one.part(2).mask(like, 0.3).equal(part)).isFalse();
      assertThat(Dropout.seeded(4).part(1).mask(like, 0.3).equal(part)).isFalse();
      assertThat(part.equal(first)).isFalse();
    }
  }

  @Test
  void dropsNothingInEvaluation() {
    assertThat(Dropout.NONE.mask(torch.zeros(4), 0.5)).isNull();
    assertThat(Dropout.NONE.part(3).mask(torch.zeros(4), 0.5)).isNull();
    assertThat(Dropout.seeded(1).mask(torch.zeros(4), 0)).isNull();
  }
}
