package io.headwater.driver.status;

import java.util.Locale;

/** Numbers for people; what is not known is a dash. */
final class Figures {
  private static final String UNKNOWN = "–";
  private static final int MINUTE = 60;
  private static final int HOUR = 3600;
  private static final int DAY = 24 * HOUR;

  private Figures() {}

  static String number(String pattern, Double value) {
    return value == null ? UNKNOWN : String.format(Locale.ROOT, pattern, value);
  }

  static String percent(Double part) {
    return part == null ? UNKNOWN : String.format(Locale.ROOT, "%.1f%%", 100 * part);
  }

  static String ago(Double seconds) {
    return seconds == null ? UNKNOWN : String.format(Locale.ROOT, "%.1f s ago", seconds);
  }

  static String bytes(Double bytes) {
    if (bytes == null) {
      return UNKNOWN;
    }
    double left = bytes;
    int unit = 0;
    while (left >= 1024 && unit < 4) {
      left /= 1024;
      unit++;
    }
    String pattern = unit == 0 ? "%.0f %s" : "%.1f %s";
    return String.format(
        Locale.ROOT, pattern, left, new String[] {"B", "KiB", "MiB", "GiB", "TiB"}[unit]);
  }

  static String duration(double seconds) {
    long whole = Math.round(seconds);
    if (whole < MINUTE) {
      return whole + " s";
    }
    if (whole < HOUR) {
      return "%d min %02d s".formatted(whole / MINUTE, whole % MINUTE);
    }
    if (whole < DAY) {
      return "%d h %02d min".formatted(whole / HOUR, whole % HOUR / MINUTE);
    }
    return "%d d %02d h".formatted(whole / DAY, whole % DAY / HOUR);
  }
}
