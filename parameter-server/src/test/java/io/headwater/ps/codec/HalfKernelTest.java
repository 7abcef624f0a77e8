package io.headwater.ps.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The 16-bit formats against their definition: sign, exponent, fraction. */
class HalfKernelTest {
  private static final int ALL = 1 << 16;

  /** Bits of the exponent and fraction, which say what a format is. */
  private record Format(String name, int exponentBits, int fractionBits) {
    double value(int half) {
      int fraction = half & ((1 << fractionBits) - 1);
      int exponent = half >>> fractionBits & ((1 << exponentBits) - 1);
      int bias = (1 << exponentBits - 1) - 1;
      double magnitude;
      if (exponent == (1 << exponentBits) - 1) {
        magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
      } else if (exponent == 0) {
        magnitude = Math.scalb(fraction, 1 - bias - fractionBits);
      } else {
        magnitude = Math.scalb(fraction + (1 << fractionBits), exponent - bias - fractionBits);
      }
      return half >>> 15 == 0 ? magnitude : -magnitude;
    }

    int infinity() {
      return ((1 << exponentBits) - 1) << fractionBits;
    }

    /** Of a magnitude that is not NaN: the nearest, of two the even one. */
    int nearest(double magnitude) {
      int low = 0;
      int high = infinity();
      while (high - low > 1) {
        int middle = (low + high) >>> 1;
        if (value(middle) <= magnitude) {
          low = middle;
        } else {
          high = middle;
        }
      }
      // Infinity stands where the next value would.
      double next = high == infinity() ? 2 * value(low) - value(low - 1) : value(high);
      double below = magnitude - value(low);
      double above = next - magnitude;
      return below < above || (below == above && low % 2 == 0) ? low : high;
    }
  }

  static Stream<Arguments> kernels() {
    Format bfloat16 = new Format("bfloat16", 8, 7);
    Format float16 = new Format("float16", 5, 10);
    return Stream.of(
        Arguments.of(bfloat16, new ScalarBfloat16()),
        Arguments.of(bfloat16, new VectorBfloat16()),
        Arguments.of(float16, new ScalarFloat16()),
        Arguments.of(float16, new VectorFloat16()));
  }

  private static short[] allHalves() {
    short[] halves = new short[ALL];
    for (int i = 0; i < ALL; i++) {
      halves[i] = (short) i;
    }
    return halves;
  }

  /** Of each 16 the first eight are in the lower halves of eight words, the others above them. */
  private static int[] grouped(short[] halves) {
    int[] words = new int[halves.length / 2];
    for (int i = 0; i < halves.length; i++) {
      words[i / 16 * 8 + i % 8] |= (halves[i] & 0xffff) << (i % 16 < 8 ? 0 : 16);
    }
    return words;
  }

  private static short[] narrow(HalfKernel kernel, float[] values) {
    int[] words = new int[values.length / 2];
    kernel.narrow(values, 0, values.length / HalfKernel.GROUP, words);
    short[] halves = new short[values.length];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = (short) (words[i / 16 * 8 + i % 8] >>> (i % 16 < 8 ? 0 : 16));
    }
    return halves;
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void addsWhatItWidens(Format format, HalfKernel kernel) {
    short[] halves = allHalves();
    float[] wide = new float[ALL];
    kernel.widen(grouped(halves), ALL / HalfKernel.GROUP, wide, 0);
    float[] sum = new float[ALL + 3];
    Arrays.fill(sum, 0.75f);
    kernel.add(grouped(halves), ALL / HalfKernel.GROUP, sum, 3);
    for (int i = 0; i < ALL; i++) {
      assertThat(sum[i + 3]).as("%x", i).isEqualTo(Float.valueOf(0.75f + wide[i]));
      assertThat(kernel.widen(halves[i])).as("%x", i).isEqualTo(Float.valueOf(wide[i]));
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void widensEveryHalfToItsValueAndNarrowsItBack(Format format, HalfKernel kernel) {
    short[] halves = allHalves();
    float[] wide = new float[ALL];
    kernel.widen(grouped(halves), ALL / HalfKernel.GROUP, wide, 0);
    short[] narrow = narrow(kernel, wide);
    for (int i = 0; i < ALL; i++) {
      assertThat(wide[i]).as("%x", i).isEqualTo(Float.valueOf((float) format.value(i)));
      int quiet = Float.isNaN(wide[i]) ? 1 << format.fractionBits() - 1 : 0;
      assertThat(narrow[i]).as("%x", i).isEqualTo((short) (halves[i] | quiet));
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void roundsToTheNearestAndTiesToTheEvenOne(Format format, HalfKernel kernel) {
    float[] values = new float[100_000];
    Random random = new Random(1);
    short[] halves = allHalves();
    float[] wide = new float[ALL];
    kernel.widen(grouped(halves), ALL / HalfKernel.GROUP, wide, 0);
    for (int i = 0; i < values.length; i++) {
      int half = random.nextInt(format.infinity());
      double tie = ((double) wide[half] + format.value(half + 1)) / 2;
      values[i] =
          switch (i % 5) {
            case 0 -> (float) tie;
            case 1 -> Math.nextUp((float) tie);
            case 2 -> -Math.nextDown((float) tie);
            case 3 -> Float.intBitsToFloat(random.nextInt());
            default -> (float) random.nextGaussian() * 1e-5f;
          };
    }
    short[] narrow = narrow(kernel, values);
    for (int i = 0; i < values.length; i++) {
      int half = narrow[i] & 0xffff;
      if (Float.isNaN(values[i])) {
        assertThat(format.value(half)).isNaN();
      } else {
        int sign = Float.floatToRawIntBits(values[i]) >>> 31 << 15;
        int expected =
            Float.isInfinite(values[i]) ? format.infinity() : format.nearest(Math.abs(values[i]));
        assertThat(half).as("%a in %s", values[i], format.name()).isEqualTo(sign | expected);
      }
    }
  }
}
