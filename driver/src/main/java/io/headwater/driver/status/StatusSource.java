package io.headwater.driver.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;

/** Where a report comes from. */
public interface StatusSource {
  /**
   * The report as it is now.
   *
   * @throws UserException if there is none
   */
  StatusReport read();

  /** That of a run's folder, for runs of this machine, past ones too. */
  static StatusSource folder(Path directory) {
    return () ->
        StatusFile.read(directory)
            .orElseThrow(
                () ->
                    new UserException(
                        "Cannot show the status of "
                            + directory
                            + ": there is no "
                            + StatusFile.NAME
                            + "; give the folder of a pretraining run"));
  }

  /** That of a driver's metrics port, {@code http://host:port}. */
  static StatusSource url(String url) {
    URI page;
    try {
      page = URI.create(url.replaceAll("/+$", "") + "/status.json");
      HttpRequest.newBuilder(page);
    } catch (IllegalArgumentException e) {
      throw new UserException(
          "Cannot use --url " + url + ": it must be a URL, as http://localhost:9400", e);
    }
    HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    return () -> fetch(client, page);
  }

  private static StatusReport fetch(HttpClient client, URI page) {
    HttpRequest request = HttpRequest.newBuilder(page).timeout(Duration.ofSeconds(10)).build();
    try {
      HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new UserException(
            "Cannot show the status of "
                + page
                + ": it answers "
                + answer.statusCode()
                + "; is this the metrics port of a driver?");
      }
      return StatusJson.parse(answer.body());
    } catch (JsonProcessingException e) {
      throw new UserException("Cannot show the status of " + page + ": it serves none", e);
    } catch (IOException e) {
      throw new UserException(
          "Cannot show the status of "
              + page
              + ": nobody answers; runs serve it where metrics.port is set (--metrics-port)",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserException("Cannot show the status of " + page + ": interrupted", e);
    }
  }
}
