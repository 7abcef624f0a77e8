package io.headwater.driver.status;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Serves a run's status: the page at {@code /}, the report at {@code /status.json}. Read only. */
public final class StatusPage implements HttpHandler {
  /** Nothing from elsewhere, not even if a message should carry markup that was not escaped. */
  private static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; script-src "
          + StatusHtml.SCRIPT_SOURCE
          + "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'self'";

  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;

  private final RunStatus status;

  public StatusPage(RunStatus status) {
    this.status = status;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      if (!method.equals("GET") && !method.equals("HEAD")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        answer(exchange, METHOD_NOT_ALLOWED, "text/plain", text("Only GET and HEAD\n"));
        return;
      }
      switch (exchange.getRequestURI().getPath()) {
        case "/" -> answer(exchange, OK, "text/html", text(StatusHtml.page(status.report())));
        case "/status.json" ->
            answer(exchange, OK, "application/json", StatusJson.bytes(status.report()));
        default ->
            answer(
                exchange,
                NOT_FOUND,
                "text/plain",
                text("There are /, /status.json, /metrics and /-/healthy\n"));
      }
    }
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void answer(HttpExchange exchange, int code, String type, byte[] body)
      throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", type + "; charset=utf-8");
    headers.set("Content-Security-Policy", POLICY);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cache-Control", "no-store");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(code, -1);
      return;
    }
    exchange.sendResponseHeaders(code, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }
}
