package io.headwater.benchmarks.ps;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Processor time of this process, and of those whose ids the property {@value #OTHERS} has; bytes
 * that threads of this one allocate on the heap.
 */
final class ProcessCost {
  static final String OTHERS = "headwater.rounds.processes";

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final long cpuNanos = cpuNanos();
  private final Map<String, Long> allocated = allocated();
  private String line = "";
  private String threads = "";

  private ProcessCost() {}

  static ProcessCost sinceNow() {
    return new ProcessCost();
  }

  /** The measured time is over: so many rounds were made in it. */
  void stop(int rounds) {
    double cpuMs = (cpuNanos() - cpuNanos) * 1e-6 / rounds;
    StringBuilder names = new StringBuilder();
    long total = 0;
    for (Map.Entry<String, Long> thread : allocated().entrySet()) {
      long bytes = thread.getValue() - allocated.getOrDefault(thread.getKey(), 0L);
      total += bytes;
      if (bytes / rounds > 0) {
        names.append(
            String.format(
                Locale.ROOT, "allocated %d bytes/round by %s%n", bytes / rounds, thread.getKey()));
      }
    }
    line = String.format(Locale.ROOT, "cost %.3f %d", cpuMs, total / rounds);
    threads = names.toString();
  }

  /**
   * Says {@code cost cpu-ms bytes}, each for one round, and on standard error which threads
   * allocate.
   */
  void print() {
    System.out.println(line);
    System.err.print(threads);
  }

  private static long cpuNanos() {
    long nanos =
        ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    String others = System.getProperty(OTHERS, "");
    for (String id : others.isEmpty() ? new String[0] : others.split(",")) {
      nanos +=
          ProcessHandle.of(Long.parseLong(id))
              .flatMap(process -> process.info().totalCpuDuration())
              .map(Duration::toNanos)
              .orElse(0L);
    }
    return nanos;
  }

  /** Bytes so far, by the thread's name. */
  private static Map<String, Long> allocated() {
    long[] ids = THREADS.getAllThreadIds();
    ThreadInfo[] infos = THREADS.getThreadInfo(ids);
    long[] bytes = THREADS.getThreadAllocatedBytes(ids);
    Map<String, Long> byName = new TreeMap<>();
    for (int i = 0; i < ids.length; i++) {
      if (infos[i] != null && bytes[i] > 0) {
        byName.merge(infos[i].getThreadName(), bytes[i], Long::sum);
      }
    }
    return byName;
  }
}
