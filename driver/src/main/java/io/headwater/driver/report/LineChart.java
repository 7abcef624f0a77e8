package io.headwater.driver.report;

import java.util.List;
import java.util.Locale;

/**
 * A line chart as SVG text, in the page's own colours.
 *
 * @param title what the y axis shows, with its unit
 * @param points x ascending
 */
public record LineChart(String title, List<Point> points) {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 240;
  private static final int LEFT = 64;
  private static final int RIGHT = 12;
  private static final int TOP = 12;
  private static final int BOTTOM = 28;
  private static final int TICKS = 4;

  /** One measurement. */
  public record Point(double x, double y) {}

  public LineChart {
    points = points.stream().filter(p -> Double.isFinite(p.x()) && Double.isFinite(p.y())).toList();
  }

  /** The chart with its title; a sentence where there is nothing to draw. */
  public String toSvg() {
    if (points.size() < 2) {
      return "<p>" + title + ": too few steps to draw.</p>\n";
    }
    double right = points.get(points.size() - 1).x();
    double left = points.get(0).x();
    double low = points.stream().mapToDouble(Point::y).min().orElseThrow();
    double high = points.stream().mapToDouble(Point::y).max().orElseThrow();
    if (high == low) {
      high = low + 1;
    }
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<figure><figcaption>%s</figcaption><svg viewBox=\"0 0 %d %d\" role=\"img\">\n"
            .formatted(title, WIDTH, HEIGHT));
    for (int tick = 0; tick <= TICKS; tick++) {
      double part = (double) tick / TICKS;
      double y = y(part);
      svg.append(
          format(
              "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                  + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
              LEFT, WIDTH - RIGHT, y, y, LEFT - 6, y + 4, label(low + part * (high - low))));
      svg.append(
          format(
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%,.0f</text>\n",
              x(part), HEIGHT - 8, anchor(tick), left + part * (right - left)));
    }
    svg.append("<polyline points=\"");
    for (Point point : points) {
      svg.append(
          format(
              "%.1f,%.1f ",
              x((point.x() - left) / (right - left)), y((point.y() - low) / (high - low))));
    }
    return svg.append("\"/>\n</svg></figure>\n").toString();
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
