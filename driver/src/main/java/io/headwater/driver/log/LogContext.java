package io.headwater.driver.log;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.MDC;

/**
 * What every log line of this process carries, whichever thread writes it. A process has one run;
 * workers and shards are told apart by their threads, where several share the process: workers by
 * what they put into the MDC, shards by the names of theirs. A shard learns of its run from the
 * driver, and puts the name of the attempt into the MDC.
 */
public final class LogContext {
  static final String RUN = "run_id";
  static final String STEP = "step";
  static final String WORKER = "worker";
  static final String SHARD = "shard";
  static final String REPLICA = "replica";

  /** What shards put into the MDC: the run's id, and when it was started. */
  private static final String ATTEMPT = "attempt";

  private static final Pattern STARTED = Pattern.compile("-[0-9a-z]{8}$");

  /** Threads of the parameter server, by their names. */
  private static final Pattern THREAD = Pattern.compile("headwater-([a-z]+)-(\\d+).*");

  /** What a thread may say of itself; wins over what holds for the process. */
  private static final List<String> OF_THREADS = List.of(STEP, WORKER);

  private static final Map<String, String> OF_PROCESS = new ConcurrentHashMap<>();

  private LogContext() {}

  /** From now on this process works on that run. */
  public static void run(String id) {
    OF_PROCESS.put(RUN, id);
  }

  /** From now on this process works on that attempt at a run. */
  public static void attempt(String name) {
    run(runOf(name));
  }

  private static String runOf(String attempt) {
    return STARTED.matcher(attempt).replaceFirst("");
  }

  /** From now on the run is at that step. */
  public static void step(long step) {
    OF_PROCESS.put(STEP, Long.toString(step));
  }

  /** This process is a replica of a shard, and nothing else. */
  public static void shard(int shard, int replica) {
    OF_PROCESS.put(SHARD, Integer.toString(shard));
    OF_PROCESS.put(REPLICA, Integer.toString(replica));
  }

  /** What a line of the current thread, of that name, is about. */
  static Map<String, String> of(String thread) {
    Map<String, String> fields = new LinkedHashMap<>(OF_PROCESS);
    for (String key : OF_THREADS) {
      String value = MDC.get(key);
      if (value != null) {
        fields.put(key, value);
      }
    }
    String attempt = MDC.get(ATTEMPT);
    if (attempt != null) {
      fields.put(RUN, runOf(attempt));
    }
    Matcher matcher = THREAD.matcher(thread);
    if (matcher.matches()) {
      String role = matcher.group(1).equals("heartbeat") ? WORKER : SHARD;
      fields.put(role, matcher.group(2));
    }
    return fields;
  }
}
