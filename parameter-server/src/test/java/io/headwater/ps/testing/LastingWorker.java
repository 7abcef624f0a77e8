package io.headwater.ps.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;

/** The test's end of a {@link LastingWorkerProcess}. */
public final class LastingWorker {
  private final Process process;
  private final Map<String, CompletableFuture<String>> answers = new ConcurrentHashMap<>();

  public LastingWorker(JavaProcesses processes) {
    process = processes.converse(LastingWorkerProcess.class, List.of(), List.of());
    Thread reader = new Thread(this::read, "answers-of-" + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /** Has it train; the digest of its last weights, or what went wrong. */
  public Future<String> train(List<String> arguments) throws IOException {
    CompletableFuture<String> answer = new CompletableFuture<>();
    answers.put(arguments.get(0), answer);
    Writer orders = process.outputWriter();
    synchronized (orders) {
      orders.write(String.join(" ", arguments) + "\n");
      orders.flush();
    }
    return answer;
  }

  private void read() {
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] answer = line.split(" ", 2);
        answers.remove(answer[0]).complete(answer[1]);
      }
      answers.values().forEach(answer -> answer.complete("the process has ended"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
