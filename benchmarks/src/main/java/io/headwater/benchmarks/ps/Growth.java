package io.headwater.benchmarks.ps;

import io.headwater.driver.plan.ExchangeTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A table and a picture of measured rounds beside what {@code headwater plan} predicts. Arguments:
 * lines of {@code elements shards workers milliseconds}, and where to write the picture.
 */
public final class Growth {
  private Growth() {}

  /** One kind of round. */
  record Cell(long elements, int shards, int workers, double milliseconds) {
    static Cell parse(String line) {
      String[] fields = line.trim().split("\\s+");
      return new Cell(
          Long.parseLong(fields[0]),
          Integer.parseInt(fields[1]),
          Integer.parseInt(fields[2]),
          Double.parseDouble(fields[3]));
    }

    /** Milliseconds by the formula; SGD keeps weights, their copy for a snapshot, and sums. */
    double predicted() {
      long heap = 3 * Float.BYTES * elements / shards;
      ExchangeTime time =
          ExchangeTime.onOneHost(
              new ExchangeTime.Parties(elements, workers, 1, shards, 1, heap),
              Runtime.getRuntime().availableProcessors());
      return 1e3 * time.seconds();
    }

    /** Bytes of gradients and weights that pass in a second. */
    double gigabytesPerSecond() {
      return 2.0 * Float.BYTES * elements * workers / milliseconds * 1e-6;
    }
  }

  public static void main(String[] arguments) throws IOException {
    List<Cell> cells = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(arguments[0]))) {
      cells.add(Cell.parse(line));
    }
    System.out.println("| parameters | shards | workers | ms | GB/s | predicted ms | error |");
    System.out.println("|---|---|---|---|---|---|---|");
    double[] errors = new double[cells.size()];
    for (int i = 0; i < errors.length; i++) {
      Cell cell = cells.get(i);
      errors[i] = cell.predicted() / cell.milliseconds - 1;
      System.out.printf(
          Locale.ROOT,
          "| %dM | %d | %d | %.2f | %.1f | %.2f | %+.0f %% |%n",
          cell.elements / 1_000_000,
          cell.shards,
          cell.workers,
          cell.milliseconds,
          cell.gigabytesPerSecond(),
          cell.predicted(),
          100 * errors[i]);
    }
    double[] sizes = Arrays.stream(errors).map(Math::abs).sorted().toArray();
    System.out.printf(
        Locale.ROOT,
        "%nError: median %.0f %%, largest %.0f %%.%n",
        100 * sizes[sizes.length / 2],
        100 * sizes[sizes.length - 1]);
    Files.writeString(Path.of(arguments[1]), GrowthPicture.of(cells));
  }
}
