package io.headwater.driver.report;

/** Text for an HTML page. */
public final class Html {
  private Html() {}

  /** The text as content, or as the value of an attribute in double quotes. */
  public static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
