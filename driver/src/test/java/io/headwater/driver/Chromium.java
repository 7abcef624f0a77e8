package io.headwater.driver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A real browser without a screen, driven over its DevTools protocol. */
final class Chromium implements AutoCloseable {
  static final Path PROGRAM = Path.of("/usr/bin/chromium");
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final long LIMIT_SECONDS = 60;

  private final Process process;
  private final WebSocket socket;
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final List<String> errors = Collections.synchronizedList(new ArrayList<>());
  private int lastId;

  private Chromium(Process process, URI page) throws Exception {
    this.process = process;
    this.socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(page, new Messages())
            .get(LIMIT_SECONDS, TimeUnit.SECONDS);
    for (String domain : List.of("Page", "Runtime", "Log")) {
      call(domain + ".enable", MAPPER.createObjectNode());
    }
  }

  /** {@code folder} takes its profile. */
  static Chromium start(Path folder) throws Exception {
    Path profile = Files.createTempDirectory(folder, "chromium");
    Process process =
        new ProcessBuilder(
                PROGRAM.toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(profile.resolve("output").toFile())
            .start();
    Path ports = profile.resolve("DevToolsActivePort");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!Files.exists(ports) || Files.readAllLines(ports).isEmpty()) {
      if (process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
        process.destroyForcibly();
        throw new AssertionError(Files.readString(profile.resolve("output")));
      }
    }
    return new Chromium(process, page("http://127.0.0.1:" + Files.readAllLines(ports).get(0)));
  }

  private static URI page(String browser) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(browser + "/json/list")).build();
    String targets = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    for (JsonNode target : MAPPER.readTree(targets)) {
      if (target.path("type").asText().equals("page")) {
        return URI.create(target.path("webSocketDebuggerUrl").asText());
      }
    }
    throw new AssertionError("no page in " + targets);
  }

  /** Opens a page in a window of that size. */
  void open(String url, int width, int height) throws Exception {
    resize(width, height);
    call("Page.navigate", MAPPER.createObjectNode().put("url", url));
    awaitTrue("document.readyState === 'complete' && location.href !== 'about:blank'");
  }

  void resize(int width, int height) throws Exception {
    call(
        "Emulation.setDeviceMetricsOverride",
        MAPPER
            .createObjectNode()
            .put("width", width)
            .put("height", height)
            .put("deviceScaleFactor", 1)
            .put("mobile", width < 600));
  }

  /** Whether the reader's system is dark. */
  void dark(boolean dark) throws Exception {
    ObjectNode media = MAPPER.createObjectNode();
    media
        .putArray("features")
        .addObject()
        .put("name", "prefers-color-scheme")
        .put("value", dark ? "dark" : "light");
    call("Emulation.setEmulatedMedia", media);
  }

  /** The value of a JavaScript expression. */
  JsonNode evaluate(String expression) throws Exception {
    JsonNode answer =
        call(
            "Runtime.evaluate",
            MAPPER.createObjectNode().put("expression", expression).put("returnByValue", true));
    return answer.at("/result/value");
  }

  void awaitTrue(String expression) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!evaluate(expression).asBoolean()) {
      if (process.waitFor(100, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
        throw new AssertionError(
            "not true: " + expression + "\n" + evaluate("document.body.innerText").asText());
      }
    }
  }

  /** A picture of what the window shows, PNG. */
  byte[] screenshot() throws Exception {
    JsonNode answer =
        call("Page.captureScreenshot", MAPPER.createObjectNode().put("format", "png"));
    return Base64.getDecoder().decode(answer.path("data").asText());
  }

  /** What the console has shown as an error, and exceptions of scripts. */
  List<String> errors() {
    return List.copyOf(errors);
  }

  private JsonNode call(String method, ObjectNode parameters) throws Exception {
    int id = ++lastId;
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    ObjectNode message = MAPPER.createObjectNode().put("id", id).put("method", method);
    message.set("params", parameters);
    socket.sendText(message.toString(), true).get(LIMIT_SECONDS, TimeUnit.SECONDS);
    JsonNode answered = answer.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (answered.has("error")) {
      throw new AssertionError(method + ": " + answered);
    }
    return answered.path("result");
  }

  private void onMessage(JsonNode message) {
    CompletableFuture<JsonNode> answer = answers.remove(message.path("id").asInt());
    if (answer != null) {
      answer.complete(message);
      return;
    }
    boolean error =
        switch (message.path("method").asText()) {
          case "Runtime.exceptionThrown" -> true;
          case "Runtime.consoleAPICalled" -> message.at("/params/type").asText().equals("error");
          case "Log.entryAdded" -> message.at("/params/entry/level").asText().equals("error");
          default -> false;
        };
    if (error) {
      errors.add(message.toString());
    }
  }

  @Override
  public void close() {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
  }

  private final class Messages implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        try {
          onMessage(MAPPER.readTree(text.toString()));
        } catch (IOException e) {
          errors.add(e.toString());
        }
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }
}
