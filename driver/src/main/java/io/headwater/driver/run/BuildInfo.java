package io.headwater.driver.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What was built.
 *
 * @param version of Headwater
 * @param commit git commit, or {@code unknown} where the build was not told
 * @param libraries versions by name, Java included
 */
public record BuildInfo(String version, String commit, Map<String, String> libraries) {
  /** Of the running program. */
  public static BuildInfo current() {
    Properties properties = new Properties();
    try (InputStream in = BuildInfo.class.getResourceAsStream("build.properties")) {
      properties.load(Objects.requireNonNull(in, "build.properties"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> libraries = new TreeMap<>();
    properties
        .stringPropertyNames()
        .forEach(key -> libraries.put(key, properties.getProperty(key)));
    libraries.put("java", System.getProperty("java.version"));
    String version = libraries.remove("version");
    return new BuildInfo(version, libraries.remove("commit"), libraries);
  }
}
