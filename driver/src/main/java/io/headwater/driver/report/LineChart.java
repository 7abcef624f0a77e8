package io.headwater.driver.report;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * A line chart as SVG text, in the page's own colours.
 *
 * @param title what the y axis shows, with its unit
 * @param series the lines; a legend names them where there are several
 * @param scale of the x axis
 */
public record LineChart(String title, List<Series> series, Scale scale) {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 240;
  private static final int LEFT = 64;
  private static final int RIGHT = 12;
  private static final int TOP = 12;
  private static final int BOTTOM = 28;
  private static final int TICKS = 4;

  /** One measurement. */
  public record Point(double x, double y) {}

  /**
   * One line.
   *
   * @param points x ascending; those that are not finite are left out
   */
  public record Series(String name, List<Point> points) {
    public Series {
      points =
          points.stream().filter(p -> Double.isFinite(p.x()) && Double.isFinite(p.y())).toList();
    }
  }

  /** How x grows from the left to the right. */
  public enum Scale {
    LINEAR,
    /** By its logarithm; x is positive. */
    LOGARITHMIC;

    private double of(double x) {
      return this == LINEAR ? x : Math.log(x);
    }

    private double inverse(double scaled) {
      return this == LINEAR ? scaled : Math.exp(scaled);
    }
  }

  public LineChart {
    series = List.copyOf(series);
  }

  /** A single line over an even axis. */
  public LineChart(String title, List<Point> points) {
    this(title, List.of(new Series(title, points)), Scale.LINEAR);
  }

  /** The chart with its title; a sentence where there is nothing to draw. */
  public String toSvg() {
    if (series.stream().allMatch(line -> line.points().size() < 2)) {
      return "<p>" + Html.escape(title) + ": too few steps to draw.</p>\n";
    }
    Axis across = axis(point -> scale.of(point.x()));
    Axis up = axis(Point::y);
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<figure><figcaption>%s</figcaption><svg viewBox=\"0 0 %d %d\" role=\"img\">\n"
            .formatted(Html.escape(title), WIDTH, HEIGHT));
    for (int tick = 0; tick <= TICKS; tick++) {
      double part = (double) tick / TICKS;
      double y = y(part);
      svg.append(
          format(
              "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                  + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
              LEFT, WIDTH - RIGHT, y, y, LEFT - 6, y + 4, label(up.at(part))));
      svg.append(
          format(
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%,.0f</text>\n",
              x(part), HEIGHT - 8, anchor(tick), scale.inverse(across.at(part))));
    }
    for (int line = 0; line < series.size(); line++) {
      svg.append(format("<polyline class=\"line%d\" points=\"", line));
      for (Point point : series.get(line).points()) {
        svg.append(
            format("%.1f,%.1f ", x(across.part(scale.of(point.x()))), y(up.part(point.y()))));
      }
      svg.append("\"/>\n");
    }
    return svg.append("</svg>").append(legend()).append("</figure>\n").toString();
  }

  private String legend() {
    if (series.size() < 2) {
      return "";
    }
    StringBuilder legend = new StringBuilder("<ul class=\"legend\">");
    for (int line = 0; line < series.size(); line++) {
      legend.append(
          "<li class=\"line%d\">%s</li>".formatted(line, Html.escape(series.get(line).name())));
    }
    return legend.append("</ul>").toString();
  }

  /** The stretch of an axis that the values take up, never empty. */
  private record Axis(double low, double high) {
    double part(double value) {
      return (value - low) / (high - low);
    }

    double at(double part) {
      return low + part * (high - low);
    }
  }

  private Axis axis(ToDoubleFunction<Point> value) {
    double[] values =
        series.stream()
            .flatMap(line -> line.points().stream())
            .mapToDouble(value)
            .sorted()
            .toArray();
    double low = values[0];
    double high = values[values.length - 1];
    return new Axis(low, high == low ? low + 1 : high);
  }

  /** The outermost labels stay inside the picture. */
  private static String anchor(int tick) {
    return tick == 0 ? "start" : tick == TICKS ? "end" : "middle";
  }

  private static double x(double part) {
    return LEFT + part * (WIDTH - LEFT - RIGHT);
  }

  private static double y(double part) {
    return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM);
  }

  private static String label(double value) {
    return Math.abs(value) >= 100 ? format("%,.0f", value) : format("%.2f", value);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
