package io.headwater.benchmarks.model;

import io.headwater.corpus.shard.Corpus;
import io.headwater.model.Execution;
import io.headwater.model.Precision;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Where the time of a training step goes: samples of the computing thread's stack, a millisecond
 * apart, by the native operation on top and our method that called it. See README.md.
 */
public final class StepProfile {
  private static final int BATCHES = 8;
  private static final long INTERVAL_NS = 1_000_000;
  private static final double LEAST_SHARE = 0.004;

  private StepProfile() {}

  /** Arguments: corpus, family, precision, steps. */
  public static void main(String[] arguments) throws Exception {
    int steps = Integer.parseInt(arguments[3]);
    Execution execution = Execution.CPU.withPrecision(Precision.named(arguments[2]));
    try (Corpus corpus = Corpus.open(arguments[0]);
        Training training =
            new Training(Subject.of(arguments[1], corpus, BATCHES, true), execution)) {
      training.run(0, BATCHES);
      Sampler sampler = new Sampler(Thread.currentThread());
      sampler.start();
      long started = System.nanoTime();
      training.run(0, steps);
      double milliseconds = (System.nanoTime() - started) * 1e-6 / steps;
      sampler.stopSampling();
      System.out.printf(
          Locale.ROOT, "%s %s: %.1f ms a step%n", arguments[1], arguments[2], milliseconds);
      sampler.print(milliseconds);
    }
  }

  private static final class Sampler extends Thread {
    private final Thread sampled;
    private final Map<String, Integer> samples = new HashMap<>();
    private int total;
    private volatile boolean stopped;

    Sampler(Thread sampled) {
      this.sampled = sampled;
      setDaemon(true);
    }

    @Override
    public void run() {
      while (!stopped) {
        samples.merge(place(sampled.getStackTrace()), 1, Integer::sum);
        total++;
        LockSupport.parkNanos(INTERVAL_NS);
      }
    }

    void stopSampling() throws InterruptedException {
      stopped = true;
      join();
    }

    void print(double milliseconds) {
      samples.entrySet().stream()
          .filter(entry -> entry.getValue() > LEAST_SHARE * total)
          .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
          .forEach(
              entry ->
                  System.out.printf(
                      Locale.ROOT,
                      "  %6.2f ms  %s%n",
                      milliseconds * entry.getValue() / total,
                      entry.getKey()));
    }

    private static String place(StackTraceElement[] stack) {
      if (stack.length == 0) {
        return "(none)";
      }
      for (StackTraceElement frame : stack) {
        if (frame.getClassName().startsWith("io.headwater")
            && !frame.getClassName().endsWith(".Operands")) {
          return simple(frame) + ": " + stack[0].getMethodName();
        }
      }
      return stack[0].getMethodName();
    }

    private static String simple(StackTraceElement frame) {
      String name = frame.getClassName();
      return name.substring(name.lastIndexOf('.') + 1) + "." + frame.getMethodName();
    }
  }
}
