package io.headwater.driver.spark;

import io.headwater.checkpoint.UserException;
import io.headwater.driver.log.LogFormat;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** This process as a Spark application: on this machine unless another master is asked for. */
public final class SparkApplication implements AutoCloseable {
  /** What every JVM that trains needs; Spark adds what it needs itself. */
  private static final String JVM_FLAGS =
      "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED --add-modules=jdk.incubator.vector"
          + " -XX:+UseTransparentHugePages";

  /** As the launcher sets them for its own process: no math thread that spins. */
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "OMP_WAIT_POLICY", "PASSIVE",
          "OPENBLAS_NUM_THREADS", "1",
          "MALLOC_MMAP_THRESHOLD_", "2000000000",
          "MALLOC_TRIM_THRESHOLD_", "4000000000",
          "MALLOC_TOP_PAD_", "268435456");

  /** Spark's default on a cluster, {@code spark.task.maxFailures}. */
  private static final int TASK_ATTEMPTS = 4;

  private static final String DYNAMIC_ALLOCATION = "spark.dynamicAllocation.enabled";

  private final SparkSession session;

  private SparkApplication(SparkSession session) {
    this.session = session;
  }

  /**
   * Starts it.
   *
   * @param name of the Spark application
   * @param master URL; empty = that of spark-submit, else this machine
   * @param tasks that must run at the same time
   * @param threads math threads of one task
   * @throws UserException if there is no such master
   */
  public static SparkApplication start(String name, String master, int tasks, int threads) {
    SparkConf conf = new SparkConf();
    conf.setAppName(name);
    if (!master.isEmpty()) {
      conf.setMaster(master);
    }
    int cores = Runtime.getRuntime().availableProcessors();
    conf.setIfMissing("spark.master", local(Math.max(tasks, cores)));
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    conf.setIfMissing("spark.sql.warehouse.dir", System.getProperty("java.io.tmpdir"));
    if (isLocal(conf.get("spark.master"))) {
      conf.setIfMissing("spark.ui.enabled", "false");
      conf.setIfMissing("spark.driver.host", "127.0.0.1");
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
    } else {
      equipExecutors(conf, threads);
    }
    try {
      return new SparkApplication(SparkSession.builder().config(conf).getOrCreate());
    } catch (RuntimeException e) {
      throw new UserException(
          "Cannot reach Spark master " + conf.get("spark.master") + ": " + firstLine(e), e);
    }
  }

  // A lost worker is started again; Spark does so on this machine only if the master says how
  // often.
  private static String local(int cores) {
    return "local[" + cores + "," + TASK_ATTEMPTS + "]";
  }

  public SparkSession session() {
    return session;
  }

  /** Name or address under which executors reach this process. */
  String driverHost() {
    return session.sparkContext().conf().get("spark.driver.host");
  }

  @Override
  public void close() {
    session.stop();
  }

  /** Whether tasks run on this machine, in this process or in executors beside it. */
  public static boolean isLocal(String master) {
    return master.startsWith("local");
  }

  /** The master that {@link #start} takes. */
  public static String master(String given) {
    return given.isEmpty() ? new SparkConf().get("spark.master", "local[*]") : given;
  }

  /**
   * Refuses dynamic allocation: workers are tasks that last as long as their run, and an executor
   * that has one is never idle; one that is taken away all the same is a lost worker.
   *
   * @throws UserException if it is switched on
   */
  static void checkNumberOfExecutors() {
    if (new SparkConf().getBoolean(DYNAMIC_ALLOCATION, false)) {
      throw new UserException(
          "Cannot run workers with "
              + DYNAMIC_ALLOCATION
              + "=true: they last as long as the run, so their number is training.workers; set it"
              + " to false");
    }
  }

  private static void equipExecutors(SparkConf conf, int threads) {
    String given = conf.get("spark.executor.extraJavaOptions", "");
    conf.set("spark.executor.extraJavaOptions", (given + " " + JVM_FLAGS).strip());
    conf.setExecutorEnv("OMP_NUM_THREADS", Integer.toString(threads));
    ENVIRONMENT.forEach(conf::setExecutorEnv);
    conf.setExecutorEnv(LogFormat.VARIABLE, LogFormat.current().label());
    boolean submitted = Boolean.getBoolean("SPARK_SUBMIT");
    if (!submitted) {
      conf.setIfMissing("spark.executor.extraClassPath", System.getProperty("java.class.path"));
    }
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
  }
}
