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
  void masksAreIndependentOfEachOther() {
    try (PointerScope scope = new PointerScope()) {
      Dropout drops = Dropout.seeded(2);
      Tensor like = torch.zeros(ELEMENTS);
      Tensor first = drops.mask(like, 0.5).gt(new Scalar(0));
      for (Tensor other : new Tensor[] {drops.mask(like, 0.5), drops.part(1).mask(like, 0.5)}) {
        Tensor same = first.eq(other.gt(new Scalar(0)));
        assertThat(same.to(ScalarType.Double).mean().item_double()).isCloseTo(0.5, within(0.003));
      }
    }
  }

  /** Of a thousand elements a tenth, whichever thousand it is: as spread as by a fair coin. */
  @Test
  void theShareVariesAsThatOfFairDraws() {
    try (PointerScope scope = new PointerScope()) {
      Tensor dropped = Dropout.seeded(5).mask(torch.zeros(1000, 1000), 0.1).eq(new Scalar(0));
      for (long across = 0; across < 2; across++) {
        Tensor counts = dropped.to(ScalarType.Double).sum(across);
        assertThat(counts.var().item_double()).isCloseTo(90, within(15.0)); // 1000 * 0.1 * 0.9
      }
    }
  }

  @Test
  void bothTypesDropTheSame() {
    try (PointerScope scope = new PointerScope()) {
      Tensor wide = Dropout.seeded(6).mask(torch.zeros(ELEMENTS), 0.3);
      Tensor half = Dropout.seeded(6).mask(torch.zeros(ELEMENTS).to(ScalarType.BFloat16), 0.3);
      assertThat(half.scalar_type().value).isEqualTo(ScalarType.BFloat16.value);
      assertThat(half.equal(wide.to(ScalarType.BFloat16))).isTrue();
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
