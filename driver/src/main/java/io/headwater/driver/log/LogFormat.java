package io.headwater.driver.log;

import io.headwater.checkpoint.UserException;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Objects;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Layout;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.layout.template.json.JsonTemplateLayout;

/**
 * How log lines look, on standard error and in run.log. log4j2.properties reads the same property
 * and variable, so that executors and shards, which have no command line of ours, obey too.
 */
public enum LogFormat {
  /** For people: warnings on standard error, everything in run.log. */
  TEXT,
  /** For collectors of logs: every line, on standard error too, is a JSON object. */
  JSON;

  /** The environment variable, also of executors. */
  public static final String VARIABLE = "HEADWATER_LOG_FORMAT";

  static final String TEMPLATE = "classpath:io/headwater/driver/log/line.json";
  private static final String CONFIGURATION = "/log4j2.properties";
  private static final String PROPERTY = "headwater.log.format";

  /** Of a line of run.log; the secrets are a property of log4j2.properties. */
  private static final String PATTERN =
      "%d{ISO8601} %p [%t]%notEmpty{ run %X{run_id}}%notEmpty{ step %X{step}}%notEmpty{ worker %X{worker}}"
          + "%notEmpty{ shard %X{shard}} %c{1}: %replace{%m}{${secret}}{$1***}%n"
          + "%replace{%throwable}{${secret}}{$1***}";

  /**
   * That of this process.
   *
   * @throws UserException if the environment names none
   */
  public static LogFormat current() {
    String variable = System.getenv(VARIABLE);
    String name = System.getProperty(PROPERTY, variable == null ? "text" : variable);
    for (LogFormat format : values()) {
      if (format.label().equals(name)) {
        return format;
      }
    }
    throw new UserException("Cannot write logs as " + name + ": it must be text or json");
  }

  /**
   * Makes this the format of the process from now on. Our configuration is named: a process that
   * spark-submit started has begun with Spark's.
   */
  public void use() {
    System.setProperty(PROPERTY, label());
    try {
      Configurator.reconfigure(
          Objects.requireNonNull(LogFormat.class.getResource(CONFIGURATION), CONFIGURATION)
              .toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The layout of run.log. */
  public static Layout<?> ofFile() {
    Configuration configuration = context().getConfiguration();
    if (current() == JSON) {
      return JsonTemplateLayout.newBuilder()
          .setConfiguration(configuration)
          .setEventTemplateUri(TEMPLATE)
          .build();
    }
    return PatternLayout.newBuilder()
        .withConfiguration(configuration)
        .withAlwaysWriteExceptions(false)
        .withPattern(configuration.getStrSubstitutor().replace(PATTERN))
        .build();
  }

  private static LoggerContext context() {
    return (LoggerContext) LogManager.getContext(false);
  }

  /** As the option and the variable have it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
