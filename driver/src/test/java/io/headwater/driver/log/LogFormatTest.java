package io.headwater.driver.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Layout;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.impl.ContextDataFactory;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.apache.logging.log4j.util.StringMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

class LogFormatTest {
  @AfterEach
  void backToText() {
    LogFormat.TEXT.use();
    MDC.clear();
  }

  @Test
  void aJsonLineSaysWhichRunStepWorkerAndShardItIsAbout() throws Exception {
    LogFormat.JSON.use();
    LogContext.run("it");
    MDC.put("worker", "3");
    MDC.put("step", "41");

    JsonNode line = json("Joined \"now\"\nand here", new IllegalStateException("broken"));

    assertThat(line.path("time").asText()).matches("\\d{4}-\\d\\d-\\d\\dT[\\d:]{8}\\.\\d{3}Z");
    assertThat(line.path("level").asText()).isEqualTo("WARN");
    assertThat(line.path("logger").asText()).isEqualTo("io.headwater.Somebody");
    assertThat(line.path("run_id").asText()).isEqualTo("it");
    assertThat(line.path("worker").asText()).isEqualTo("3");
    assertThat(line.path("step").asText()).isEqualTo("41");
    assertThat(line.path("message").asText()).isEqualTo("Joined \"now\"\nand here");
    assertThat(line.path("error").asText()).contains("IllegalStateException: broken", "at ");
  }

  @Test
  void aLineForAPersonSaysItToo() throws Exception {
    LogContext.run("it");
    MDC.put("step", "41");
    MDC.put("worker", "3");
    assertThat(text("Joined", null)).contains("run it step 41 worker 3 Somebody: Joined");
  }

  @Test
  void aShardsRunIsThatOfTheAttemptThatItWasToldOf() {
    LogContext.run("before");
    MDC.put("attempt", "gpt-small-mwu7hrps");
    assertThat(LogContext.of("headwater-shard-0-0")).containsEntry("run_id", "gpt-small");
    MDC.clear();
    LogContext.attempt("gpt-small-mwu7hrps");
    assertThat(LogContext.of("main")).containsEntry("run_id", "gpt-small");
  }

  @Test
  void aShardsThreadsAreKnownByTheirNames() {
    assertThat(LogContext.of("headwater-shard-2-1")).containsEntry("shard", "2");
    assertThat(LogContext.of("headwater-heartbeat-5")).containsEntry("worker", "5");
    assertThat(LogContext.of("main")).doesNotContainKey("shard");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fs.s3a.secret.key=abcDEF123",
        "password: abcDEF123, rest",
        "{\"access-key\": \"abcDEF123\"}",
        "HEADWATER_RUN_SECRET=abcDEF123",
        "cannot read https://someone:abcDEF123@host/path",
        "auth_token = abcDEF123"
      })
  void secretsAreLeftOut(String message) throws Exception {
    assertThat(text(message, null)).doesNotContain("abcDEF123").contains("***");
    assertThat(text("x", new IllegalStateException(message))).doesNotContain("abcDEF123");
    LogFormat.JSON.use();
    assertThat(json(message, new IllegalStateException(message)).toString())
        .doesNotContain("abcDEF123");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"tokens: 1024", "10 tokens/s", "hdfs://host:8020/path", "at step 7: loss=2.5"})
  void whatIsNoSecretStays(String message) throws Exception {
    assertThat(text(message, null)).contains(message);
    LogFormat.JSON.use();
    assertThat(json(message, null).path("message").asText()).isEqualTo(message);
  }

  private static JsonNode json(String message, Throwable thrown) throws Exception {
    return new ObjectMapper().readTree(text(message, thrown));
  }

  private static String text(String message, Throwable thrown) {
    Layout<?> layout = LogFormat.ofFile();
    StringMap context = ContextDataFactory.createContextData();
    for (Map.Entry<String, String> field : LogContext.of("main").entrySet()) {
      context.putValue(field.getKey(), field.getValue());
    }
    LogEvent event =
        Log4jLogEvent.newBuilder()
            .setLoggerName("io.headwater.Somebody")
            .setLevel(Level.WARN)
            .setMessage(new SimpleMessage(message))
            .setThrown(thrown)
            .setContextData(context)
            .build();
    return layout.toSerializable(event).toString();
  }
}
