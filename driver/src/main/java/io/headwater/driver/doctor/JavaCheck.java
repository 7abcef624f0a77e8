package io.headwater.driver.doctor;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The Java virtual machine, its flags, and what it is given of the machine. */
final class JavaCheck implements Check {
  private static final int SUPPORTED = 17;
  private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
  private static final double MOST_HEAP = 0.8;
  private static final double GIB = 1 << 30;

  private final Map<String, String> environment;
  private final int workersHere; // 0: they run elsewhere

  JavaCheck(Map<String, String> environment, int workersHere) {
    this.environment = environment;
    this.workersHere = workersHere;
  }

  @Override
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    int feature = Runtime.version().feature();
    findings.add(
        Finding.required(
            feature == SUPPORTED,
            "java",
            Runtime.version() + ", " + System.getProperty("java.vendor"),
            "run with a JDK " + SUPPORTED + ": set JAVA_HOME"));
    findings.add(flags());
    findings.add(heap());
    findings.add(processors());
    findings.add(mathThreads());
    if (Files.isReadable(HUGE_PAGES)) {
      findings.add(hugePages());
    }
    return findings;
  }

  private static Finding flags() {
    List<String> missing = new ArrayList<>();
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      missing.add("--add-modules=jdk.incubator.vector");
    }
    for (String opened : List.of("jdk.internal.misc", "sun.nio.ch", "java.nio", "java.util")) {
      if (!Object.class.getModule().isOpen(opened, JavaCheck.class.getModule())) {
        missing.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
      }
    }
    return Finding.required(
        missing.isEmpty(),
        "java flags",
        missing.isEmpty() ? "all that Spark, Aeron and the kernels need" : "missing " + missing,
        "start by the launcher `headwater`, or give these flags to every JVM");
  }

  private static Finding heap() {
    double heap = Runtime.getRuntime().maxMemory() / GIB;
    double memory =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize() / GIB;
    return Finding.desired(
        heap <= MOST_HEAP * memory,
        "memory",
        String.format(Locale.ROOT, "heap of %.1f GiB, machine or container of %.1f", heap, memory),
        "leave room for LibTorch and shared memory: lower HEADWATER_HEAP");
  }

  private Finding processors() {
    int processors = Runtime.getRuntime().availableProcessors();
    return Finding.desired(
        workersHere <= processors,
        "processors",
        processors + (workersHere == 0 ? "" : " for " + workersHere + " workers here"),
        "fewer training.workers: more than processors take turns");
  }

  private Finding mathThreads() {
    String policy = environment.getOrDefault("OMP_WAIT_POLICY", "");
    return Finding.desired(
        policy.equalsIgnoreCase("passive"),
        "math threads",
        "OMP_NUM_THREADS="
            + environment.getOrDefault("OMP_NUM_THREADS", "(unset)")
            + ", OMP_WAIT_POLICY="
            + (policy.isEmpty() ? "(unset)" : policy),
        "set OMP_WAIT_POLICY=PASSIVE, as the launcher does: threads that spin take the others' time");
  }

  private static Finding hugePages() {
    try {
      String setting = Files.readString(HUGE_PAGES).strip();
      return Finding.desired(
          !setting.contains("[never]"),
          "huge pages",
          setting,
          "echo madvise > " + HUGE_PAGES + ": large vectors need fewer page faults with them");
    } catch (IOException e) {
      return Finding.warning("huge pages", e.toString(), "see that " + HUGE_PAGES + " is readable");
    }
  }
}
