package io.headwater.benchmarks.ps;

import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/** Milliseconds of a round by workers, a panel for each model, a line for each number of shards. */
final class GrowthPicture {
  private static final int WIDTH = 260;
  private static final int HEIGHT = 240;
  private static final int LEFT = 60;
  private static final int TOP = 40;
  private static final int GAP = 80;
  private static final String[] COLOURS = {"#1b6ca8", "#d1495b", "#3a7d44", "#8d6a9f"};

  private final StringBuilder svg = new StringBuilder();

  private GrowthPicture() {}

  static String of(List<Growth.Cell> cells) {
    long[] sizes = distinct(cells.stream().mapToLong(Growth.Cell::elements));
    GrowthPicture picture = new GrowthPicture();
    picture.add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
            + " font-family=\"sans-serif\" font-size=\"12\"><rect width=\"100%%\" height=\"100%%\""
            + " fill=\"white\"/>",
        LEFT + sizes.length * (WIDTH + GAP), TOP + HEIGHT + 60);
    for (int i = 0; i < sizes.length; i++) {
      long size = sizes[i];
      picture.panel(
          LEFT + i * (WIDTH + GAP),
          size / 1_000_000 + "M parameters",
          cells.stream().filter(cell -> cell.elements() == size).toList());
    }
    picture.add("</svg>");
    return picture.svg.toString();
  }

  private void panel(int left, String title, List<Growth.Cell> cells) {
    double most = 0;
    for (Growth.Cell cell : cells) {
      most = Math.max(most, Math.max(cell.milliseconds(), cell.predicted()));
    }
    double step = tick(most);
    text(left + WIDTH / 2, TOP - 16, "middle", title);
    text(left + WIDTH / 2, TOP + HEIGHT + 36, "middle", "workers");
    for (int i = 0; i * step <= most; i++) {
      double y = TOP + HEIGHT - HEIGHT * i * step / most;
      add("<path d=\"M%d %.1fh%d\" stroke=\"#ddd\"/>", left, y, WIDTH);
      text(left - 6, (int) y + 4, "end", number(i * step) + (i == 0 ? " ms" : ""));
    }
    for (long workers : distinct(cells.stream().mapToLong(Growth.Cell::workers))) {
      text((int) x(left, workers), TOP + HEIGHT + 18, "middle", Long.toString(workers));
    }
    long[] shards = distinct(cells.stream().mapToLong(Growth.Cell::shards));
    for (int i = 0; i < shards.length; i++) {
      long count = shards[i];
      lines(
          left,
          most,
          COLOURS[i % COLOURS.length],
          cells.stream().filter(cell -> cell.shards() == count).toList());
      add(
          "<text x=\"%d\" y=\"%d\" fill=\"%s\">%d shard%s</text>",
          left + 8, TOP + 14 + 16 * i, COLOURS[i % COLOURS.length], count, count == 1 ? "" : "s");
    }
  }

  /** Measured as a line with points, predicted dashed. */
  private void lines(int left, double most, String colour, List<Growth.Cell> cells) {
    StringBuilder measured = new StringBuilder();
    StringBuilder predicted = new StringBuilder();
    for (Growth.Cell cell : cells) {
      double x = x(left, cell.workers());
      double y = TOP + HEIGHT - HEIGHT * cell.milliseconds() / most;
      measured.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
      predicted.append(
          String.format(
              Locale.ROOT, "%.1f,%.1f ", x, TOP + HEIGHT - HEIGHT * cell.predicted() / most));
      add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>", x, y, colour);
    }
    add("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\"/>", measured, colour);
    add(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-dasharray=\"4 4\"/>",
        predicted, colour);
  }

  /** 1, 2, 4 and 8 workers at even distances. */
  private static double x(int left, long workers) {
    return left + 10 + (WIDTH - 20) * Math.log(workers) / Math.log(8);
  }

  private static double tick(double most) {
    double power = Math.pow(10, Math.floor(Math.log10(most)));
    return most / power < 2 ? power / 4 : most / power < 5 ? power / 2 : power;
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.2f", value);
  }

  private static long[] distinct(LongStream values) {
    return values.distinct().sorted().toArray();
  }

  private void text(int x, int y, String anchor, String content) {
    add("<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>", x, y, anchor, content);
  }

  private void add(String pattern, Object... values) {
    svg.append(String.format(Locale.ROOT, pattern, values)).append('\n');
  }
}
