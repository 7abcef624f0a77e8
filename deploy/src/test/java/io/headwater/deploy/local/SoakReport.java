package io.headwater.deploy.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.deploy.local.Soak.InProcess;
import io.headwater.deploy.local.Soak.Quiet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a soak saw.
 *
 * @param seconds all told
 * @param attempts drivers that were started, more than runs where some were killed
 * @param faults how often what was done
 * @param runSeconds time of all runs by what it was spent on
 * @param quiet what the system holds after each run
 * @param lives of each kind the process that lived longest
 */
record SoakReport(
    long seed,
    long seconds,
    int runs,
    int attempts,
    Map<String, Integer> faults,
    Map<String, Double> runSeconds,
    List<Quiet> quiet,
    Map<String, InProcess> lives) {
  private static final double MIB = 1 << 20;

  /** A younger virtual machine still compiles and widens its heap. */
  private static final double GROWN_SECONDS = 60;

  /** Part of the runs' time that brought them forward. */
  double goodput() {
    double all = runSeconds.values().stream().mapToDouble(Double::doubleValue).sum();
    return runSeconds.getOrDefault("productive", 0.0) / all;
  }

  /**
   * Fails if what is held grows: after a run all of the system as much as after the first, but for
   * memory that a Java heap takes and keeps; a process as much at its end as in the middle of its
   * life.
   */
  void assertNothingLeaked() {
    ProcessFigures first = quiet.get(0).figures();
    Quiet last = quiet.get(quiet.size() - 1);
    assertThat(last.leftInSharedMemory()).as("/dev/shm").isEmpty();
    assertThat(last.figures().threads()).as("threads").isLessThanOrEqualTo(first.threads() + 40);
    assertThat(last.figures().files()).as("files").isLessThanOrEqualTo(first.files() + 40);
    assertThat(last.figures().residentBytes() / MIB)
        .as("resident memory in MiB")
        .isLessThan(1.25 * first.residentBytes() / MIB + 100);
    lives.forEach(
        (kind, life) -> {
          assertThat(life.late().threads())
              .as("threads of a %s", kind)
              .isLessThanOrEqualTo(life.early().threads() + 20);
          assertThat(life.late().files())
              .as("files of a %s", kind)
              .isLessThanOrEqualTo(life.early().files() + 20);
          if (life.seconds() >= GROWN_SECONDS) {
            assertThat(life.late().residentBytes() / MIB)
                .as("resident memory of a %s in MiB", kind)
                .isLessThan(1.3 * life.early().residentBytes() / MIB + 100);
          }
        });
  }

  /** For people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        line(
            "soak of %,d s, seed %d: %d runs by %d drivers, all with the same bytes; faults %s",
            seconds, seed, runs, attempts, faults));
    lines.add(line("goodput %.3f; seconds %s", goodput(), runSeconds));
    for (int run = 0; run < quiet.size(); run++) {
      lines.add(
          line(
              "after run %d: %s, left in /dev/shm %s",
              run, figures(quiet.get(run).figures()), quiet.get(run).leftInSharedMemory()));
    }
    lives.forEach(
        (kind, life) ->
            lines.add(
                line(
                    "a %s that lived %.0f s: %s at half, %s at the end",
                    kind, life.seconds(), figures(life.early()), figures(life.late()))));
    return lines;
  }

  private static String figures(ProcessFigures figures) {
    return line(
        "%d threads, %d files, %.0f MiB",
        figures.threads(), figures.files(), figures.residentBytes() / MIB);
  }

  private static String line(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
