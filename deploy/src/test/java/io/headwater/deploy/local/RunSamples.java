package io.headwater.deploy.local;

import io.headwater.deploy.local.Soak.InProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the processes of one run hold while it goes on, second by second. */
final class RunSamples {
  private static final int LEAST = 20; // samples of a life that says anything

  private final LocalSystem system;
  private final Process driver;
  private final Map<Long, List<ProcessFigures>> lives = new LinkedHashMap<>();
  private final Map<Long, String> kinds = new LinkedHashMap<>();

  RunSamples(LocalSystem system, Process driver) {
    this.system = system;
    this.driver = driver;
  }

  void take() throws IOException {
    ProcessFigures.of(driver.pid()).ifPresent(figures -> add(driver.pid(), "driver", figures));
    for (Map.Entry<Long, ProcessFigures> each :
        ProcessFigures.ofSessions(system.sessions("")).entrySet()) {
      kind(each.getKey()).ifPresent(kind -> add(each.getKey(), kind, each.getValue()));
    }
  }

  /** Of a process with a part in the run; the others are Spark's daemons and shells. */
  private Optional<String> kind(long process) {
    String known = kinds.get(process);
    if (known != null) {
      return Optional.of(known);
    }
    String command = ProcessFigures.command(process);
    if (!command.startsWith("bash") && command.contains(" parameter-server ")) {
      return Optional.of("shard");
    }
    return command.contains("CoarseGrainedExecutorBackend")
        ? Optional.of("worker")
        : Optional.empty();
  }

  private void add(long process, String kind, ProcessFigures figures) {
    lives.computeIfAbsent(process, key -> new ArrayList<>()).add(figures);
    kinds.put(process, kind);
  }

  /** Of each kind the process that lived longest: its second quarter's end, and its own end. */
  Map<String, InProcess> kept() {
    Map<String, InProcess> kept = new LinkedHashMap<>();
    lives.forEach(
        (process, life) -> {
          if (life.size() >= LEAST) {
            ProcessFigures early = life.get(life.size() / 2);
            ProcessFigures late = life.get(life.size() - 2); // it may be ending at the last
            kept.merge(
                kinds.get(process),
                new InProcess(early, late, life.size()),
                (one, other) -> one.seconds() >= other.seconds() ? one : other);
          }
        });
    return kept;
  }
}
