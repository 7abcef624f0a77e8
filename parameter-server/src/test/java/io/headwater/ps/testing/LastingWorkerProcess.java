package io.headwater.ps.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A worker in run after run, some at the same time: for each line that it reads, the arguments of a
 * {@link WorkerProcess}, it says the run and the {@linkplain ToyModel#digest digest} of the last
 * weights, or why there is none.
 */
public final class LastingWorkerProcess {
  private LastingWorkerProcess() {}

  public static void main(String[] arguments) throws IOException {
    ExecutorService threads = Executors.newCachedThreadPool();
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      String[] order = line.split(" ");
      threads.execute(() -> System.out.println(order[0] + " " + train(order)));
    }
    threads.shutdownNow();
  }

  private static String train(String[] order) {
    try {
      return ToyModel.digest(new ToyWorker(WorkerProcess.config(order)).call());
    } catch (RuntimeException e) {
      return e.toString();
    }
  }
}
