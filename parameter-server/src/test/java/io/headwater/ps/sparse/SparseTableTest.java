package io.headwater.ps.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headwater.checkpoint.UserException;
import io.headwater.ps.sparse.SparseTable.PushResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SparseTableTest {
  private static final long[] ODD_IDS = {
    0, -1, 1, Long.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE + 1, 1L << 32, -1L << 32
  };

  static Stream<RowOptimizer> optimizers() {
    return Stream.of(
        RowOptimizer.sgd(),
        RowOptimizer.adagrad(),
        new RowOptimizer(RowOptimizer.Kind.ADAGRAD, 0, 0, 1e-6f, 0.1f),
        RowOptimizer.adam());
  }

  private static SparseTableConfig config(int columns, RowOptimizer optimizer) {
    return new SparseTableConfig(
        "words", columns, 7, RowInitializer.uniform(0.5f), optimizer, Long.MAX_VALUE);
  }

  private static float[] pull(SparseTable table, long... ids) {
    float[] rows = new float[ids.length * table.config().columns()];
    assertThat(table.pull(ids, ids.length, rows)).isTrue();
    return rows;
  }

  private static float[] initial(SparseTableConfig config, long id) {
    try (SparseTable fresh = new SparseTable(config)) {
      return pull(fresh, id);
    }
  }

  private static long id(Random random) {
    return random.nextInt(10) == 0
        ? ODD_IDS[random.nextInt(ODD_IDS.length)]
        : random.nextInt(600) - 300;
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void randomOperationsAgreeWithTheReference(RowOptimizer optimizer) {
    int columns = 11;
    SparseTableConfig config = config(columns, optimizer);
    Random random = new Random(5);
    try (SparseTable table = new SparseTable(config)) {
      ReferenceTable reference = new ReferenceTable(optimizer, id -> initial(config, id));
      for (int operation = 0; operation < 3_000; operation++) {
        long[] ids = LongStream.generate(() -> id(random)).limit(1 + random.nextInt(20)).toArray();
        if (random.nextInt(3) == 0) {
          assertClose(pull(table, ids), reference, ids);
        } else {
          float rate = 0.01f + 0.1f * random.nextFloat();
          float[][] gradients = new float[ids.length][columns];
          float[] flat = new float[ids.length * columns];
          for (int i = 0; i < flat.length; i++) {
            flat[i] = (float) random.nextGaussian();
            gradients[i / columns][i % columns] = flat[i];
          }
          reference.push(ids, gradients, rate);
          assertThat(table.push(ids, flat, ids.length, rate)).isEqualTo(PushResult.APPLIED);
        }
      }
      assertThat(table.rows()).isEqualTo(reference.rows());
      assertClose(pull(table, ODD_IDS), reference, ODD_IDS);
    }
  }

  private static void assertClose(float[] rows, ReferenceTable reference, long[] ids) {
    int columns = rows.length / ids.length;
    for (int i = 0; i < rows.length; i++) {
      assertThat((double) rows[i])
          .as("row %d, column %d", ids[i / columns], i % columns)
          .isCloseTo(reference.pull(ids[i / columns])[i % columns], within(2e-4));
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void theSamePushesInTheSameOrderGiveTheSameBits(RowOptimizer optimizer) {
    assertThat(walk(config(8, optimizer))).isEqualTo(walk(config(8, optimizer)));
  }

  private static float[] walk(SparseTableConfig config) {
    Random random = new Random(3);
    try (SparseTable table = new SparseTable(config)) {
      for (int push = 0; push < 300; push++) {
        long[] ids = LongStream.generate(() -> id(random)).limit(30).toArray();
        float[] gradients = new float[30 * config.columns()];
        for (int i = 0; i < gradients.length; i++) {
          gradients[i] = random.nextFloat() - 0.5f;
        }
        table.push(ids, gradients, 30, 0.1f);
      }
      return pull(table, LongStream.range(-300, 300).toArray());
    }
  }

  @Test
  void repeatedIdsAreSummedInTheOrderOfAppearanceAndMakeOneUpdate() {
    SparseTableConfig config =
        new SparseTableConfig("t", 1, 0, RowInitializer.zero(), RowOptimizer.sgd(), 10);
    try (SparseTable table = new SparseTable(config)) {
      long[] ids = {4, 9, 4, 4};
      table.push(ids, new float[] {1e8f, 1, 1, -1e8f}, 4, 1);
      // (1e8 + 1) - 1e8 is 0 in float32; 1e8 - 1e8 + 1 would be 1.
      assertThat(pull(table, 4, 9)).containsExactly(0f, -1f);
    }
    SparseTableConfig adagrad =
        new SparseTableConfig("t", 1, 0, RowInitializer.zero(), RowOptimizer.adagrad(), 10);
    try (SparseTable table = new SparseTable(adagrad)) {
      table.push(new long[] {4, 4}, new float[] {3, 5}, 2, 1);
      assertThat(pull(table, 4)).containsExactly(-1f); // one update by 8, not two
    }
  }

  @Test
  void adamCorrectsItsBiasByTheRowsOwnUpdates() {
    SparseTableConfig config =
        new SparseTableConfig("t", 1, 0, RowInitializer.zero(), RowOptimizer.adam(), 10);
    try (SparseTable table = new SparseTable(config)) {
      for (int i = 0; i < 1_000; i++) {
        table.push(new long[] {1}, new float[] {1}, 1, 0.1f);
      }
      table.push(new long[] {2}, new float[] {5}, 1, 0.1f);
      assertThat(pull(table, 2)[0]).isCloseTo(-0.1f, within(1e-6f)); // a first step is lr long
    }
  }

  @Test
  void adamStaysRightPastTheKeptCorrections() {
    RowOptimizer slow = new RowOptimizer(RowOptimizer.Kind.ADAM, 0.9f, 0.9999f, 1e-8f, 0);
    SparseTableConfig config = new SparseTableConfig("t", 1, 0, RowInitializer.zero(), slow, 10);
    ReferenceTable reference = new ReferenceTable(slow, id -> new float[1]);
    try (SparseTable table = new SparseTable(config)) {
      for (int i = 0; i < 6_000; i++) {
        float gradient = 1 + i % 7;
        table.push(new long[] {1}, new float[] {gradient}, 1, 1e-3f);
        reference.push(new long[] {1}, new float[][] {{gradient}}, 1e-3f);
      }
      assertThat((double) pull(table, 1)[0]).isCloseTo(reference.pull(1)[0], within(1e-3));
    }
  }

  @Test
  void initialValuesDoNotDependOnTheOrderOfCreation() {
    for (RowInitializer initializer :
        List.of(RowInitializer.uniform(2), RowInitializer.normal(0.1f))) {
      SparseTableConfig config =
          new SparseTableConfig("t", 5, 11, initializer, RowOptimizer.adagrad(), Long.MAX_VALUE);
      List<Long> ids = new ArrayList<>(LongStream.range(-200, 200).boxed().toList());
      LongStream.of(ODD_IDS).filter(id -> !ids.contains(id)).forEach(ids::add);
      Collections.shuffle(ids, new Random(1));
      try (SparseTable table = new SparseTable(config)) {
        for (int i = 0; i < ids.size(); i += 3) {
          table.push(new long[] {ids.get(i)}, new float[5], 1, 1);
        }
        for (long id : ids) {
          assertThat(pull(table, id)).isEqualTo(initial(config, id));
        }
      }
    }
  }

  @Test
  void initialValuesDependOnSeedTableIdAndColumn() {
    SparseTableConfig config = config(4, RowOptimizer.sgd());
    float[] row = initial(config, 3);
    assertThat(initial(config, 4)).doesNotContain(row);
    assertThat(IntStream.range(0, 4).mapToObj(i -> row[i]).distinct()).hasSize(4);
    RowInitializer same = config.initializer();
    assertThat(initial(new SparseTableConfig("words", 4, 8, same, RowOptimizer.sgd(), 1), 3))
        .doesNotContain(row);
    assertThat(initial(new SparseTableConfig("other", 4, 7, same, RowOptimizer.sgd(), 1), 3))
        .doesNotContain(row);
    // A wider table of the same name begins with the same columns.
    assertThat(initial(config(9, RowOptimizer.adam()), 3)).startsWith(row);
  }

  @Test
  void initialValuesHaveTheirDistribution() {
    float[] uniform = manyValues(RowInitializer.uniform(0.5f));
    assertMoments(uniform, 0.5 / Math.sqrt(3));
    for (float value : uniform) {
      assertThat(value).isBetween(-0.5f, 0.5f);
    }
    float[] normal = manyValues(RowInitializer.normal(2));
    assertMoments(normal, 2);
    long beyondTwoSigma = IntStream.range(0, normal.length).filter(i -> normal[i] > 4).count();
    assertThat((double) beyondTwoSigma / normal.length).isCloseTo(0.02275, within(0.002));
    assertThat(manyValues(RowInitializer.zero())).containsOnly(0f);
  }

  private static float[] manyValues(RowInitializer initializer) {
    SparseTableConfig config =
        new SparseTableConfig("t", 100, 5, initializer, RowOptimizer.sgd(), 1_000);
    try (SparseTable table = new SparseTable(config)) {
      return pull(table, LongStream.range(0, 1_000).toArray());
    }
  }

  private static void assertMoments(float[] values, double deviation) {
    double mean = IntStream.range(0, values.length).mapToDouble(i -> values[i]).average().orElse(9);
    double square =
        IntStream.range(0, values.length)
            .mapToDouble(i -> (double) values[i] * values[i])
            .average()
            .orElse(9);
    assertThat(mean).isCloseTo(0, within(0.02 * deviation));
    assertThat(Math.sqrt(square)).isCloseTo(deviation, within(0.01 * deviation));
  }

  @Test
  void normalQuantilesAreThoseOfTheTables() {
    assertThat(NormalQuantile.of(0.5)).isZero();
    assertThat(NormalQuantile.of(0.6)).isCloseTo(0.2533471031, within(1e-6));
    assertThat(NormalQuantile.of(0.975)).isCloseTo(1.9599639845, within(1e-6));
    assertThat(NormalQuantile.of(0.001)).isCloseTo(-3.0902323062, within(1e-6));
    assertThat(NormalQuantile.of(1e-12)).isCloseTo(-7.0344838253, within(1e-5));
  }

  @Test
  void growsPastSeveralSlabsWithoutLosingARow() {
    int columns = 1_024; // 12 KiB a row with Adam's state: 1,024 rows a slab
    SparseTableConfig config = config(columns, RowOptimizer.adam());
    try (SparseTable table = new SparseTable(config)) {
      for (long id = 0; id < 5_000; id++) {
        float[] gradient = new float[columns];
        gradient[(int) (id % columns)] = 1;
        table.push(new long[] {id << 20}, gradient, 1, 0.25f);
      }
      assertThat(table.rows()).isEqualTo(5_000);
      long records = 5L * 1_024 * (3 * 4 * columns + 8 + 8);
      assertThat(table.bytes()).isBetween(records, records + 1_000_000);
      for (long id = 0; id < 5_000; id += 7) {
        float[] expected = initial(config, id << 20);
        int changed = (int) (id % columns);
        expected[changed] -= 0.25f;
        float[] row = pull(table, id << 20);
        assertThat(row[changed]).isCloseTo(expected[changed], within(1e-6f));
        row[changed] = expected[changed];
        assertThat(row).isEqualTo(expected);
      }
    }
  }

  @Test
  void manySmallRowsKeepTheirIds() {
    SparseTableConfig config =
        new SparseTableConfig("t", 1, 0, RowInitializer.zero(), RowOptimizer.sgd(), Long.MAX_VALUE);
    int count = 500_000;
    try (SparseTable table = new SparseTable(config)) {
      long[] ids = LongStream.range(0, count).map(i -> (i - count / 2) * 1_000_003).toArray();
      float[] gradients = new float[count];
      for (int i = 0; i < count; i++) {
        gradients[i] = i;
      }
      assertThat(table.push(ids.clone(), gradients, count, -1)).isEqualTo(PushResult.APPLIED);
      float[] rows = pull(table, ids);
      for (int i = 0; i < count; i++) {
        if (rows[i] != i) {
          assertThat(rows[i]).as("row %d", ids[i]).isEqualTo(i);
        }
      }
      assertThat(table.rows()).isEqualTo(count);
    }
  }

  @Test
  void refusesGradientsThatAreNotFiniteAndChangesNothing() {
    SparseTableConfig config = config(2, RowOptimizer.adagrad());
    try (SparseTable table = new SparseTable(config)) {
      float[] before = pull(table, 1);
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        assertThat(table.push(new long[] {1, 2}, new float[] {1, 1, 1, bad}, 2, 0.1f))
            .isEqualTo(PushResult.NOT_FINITE);
      }
      float huge = Float.MAX_VALUE;
      assertThat(table.push(new long[] {1, 1}, new float[] {huge, 0, huge, 0}, 2, 0.1f))
          .isEqualTo(PushResult.NOT_FINITE);
      assertThat(table.push(new long[] {1}, new float[] {1, 1}, 1, Float.NaN))
          .isEqualTo(PushResult.NOT_FINITE);
      assertThat(table.rows()).isOne();
      assertThat(pull(table, 1)).isEqualTo(before);
    }
  }

  @Test
  void refusesRowsBeyondItsLimitButServesThoseItHas() {
    SparseTableConfig config =
        new SparseTableConfig("t", 1, 0, RowInitializer.zero(), RowOptimizer.sgd(), 3);
    try (SparseTable table = new SparseTable(config)) {
      assertThat(pull(table, 1, 2)).hasSize(2);
      assertThat(table.pull(new long[] {1, 3, 4}, 3, new float[3])).isFalse();
      assertThat(table.push(new long[] {3, 4}, new float[2], 2, 1)).isEqualTo(PushResult.FULL);
      assertThat(table.rows()).isEqualTo(2);
      assertThat(pull(table, 1, 2, 1, 3, 3)).hasSize(5);
      assertThat(table.push(new long[] {1, 2, 3}, new float[3], 3, 1))
          .isEqualTo(PushResult.APPLIED);
    }
  }

  @Test
  void refusesSettingsThatCannotBe() {
    assertThatThrownBy(() -> config(0, RowOptimizer.sgd()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("0 columns");
    assertThatThrownBy(
            () -> new SparseTableConfig("../x", 1, 0, RowInitializer.zero(), RowOptimizer.sgd(), 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'../x'");
    assertThatThrownBy(() -> RowInitializer.uniform(Float.NaN)).isInstanceOf(UserException.class);
    assertThatThrownBy(() -> new RowOptimizer(RowOptimizer.Kind.ADAM, 1, 0.9f, 1e-8f, 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("beta1");
  }
}
