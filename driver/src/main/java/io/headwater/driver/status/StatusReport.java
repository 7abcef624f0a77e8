package io.headwater.driver.status;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A run at one moment: {@code status.json}, whose keys docs/status-page.md explains. What is not
 * known, or not a finite number, is null and left out.
 *
 * @param stage pretrain or finetune
 * @param started when the process began, ISO 8601, as all times here
 * @param updated the moment
 * @param timeSeconds of this process by what it was spent on
 * @param checkpoints committed by this process, the newest first
 * @param curve of the whole run, each point the mean of some steps
 * @param events the newest first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StatusReport(
    String runId,
    String stage,
    String state,
    String model,
    String objective,
    String consistency,
    String version,
    String started,
    String updated,
    String error,
    Progress progress,
    Map<String, Double> timeSeconds,
    List<Worker> workers,
    List<Shard> shards,
    Checkpoints checkpoints,
    List<CurvePoint> curve,
    List<Event> events) {
  private static final Set<String> ENDS = Set.of("succeeded", "stopped", "failed");

  /**
   * How far the run is.
   *
   * @param step updates that the weights have had; of word vectors epochs
   * @param stepPart of the epoch under way; null where steps are short
   * @param steps of the whole run; 0 while that is not known
   * @param tokens of the whole run so far
   * @param loss of the last step
   * @param validationLoss as it was last measured on the validation split
   * @param tokensPerSecond over the last steps
   * @param secondsPerStep over the last steps
   * @param secondsLeft at that pace
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Progress(
      long step,
      Double stepPart,
      long steps,
      long tokens,
      Double loss,
      Double validationLoss,
      Double gradNorm,
      Double learningRate,
      Double tokensPerSecond,
      Double secondsPerStep,
      Double secondsLeft) {
    /** Part of the whole run that is done. */
    @JsonIgnore
    public double done() {
      return (step + (stepPart == null ? 0 : stepPart)) / Math.max(1, steps);
    }
  }

  /**
   * One worker.
   *
   * @param state starting, ready, lost or left
   * @param lost how often it was
   * @param heartbeatAgeSeconds since the coordinator last heard it
   * @param lagSteps how far it is behind the foremost worker
   * @param phaseSeconds where the time of its steps went
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Worker(
      int worker,
      String state,
      int lost,
      Double heartbeatAgeSeconds,
      Double lagSteps,
      Map<String, Double> phaseSeconds) {}

  /** One parameter shard; the figures are known where it runs in the driver's process. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Shard(int shard, Double parameters, Double memoryBytes, List<Replica> replicas) {}

  /**
   * One replica of a shard.
   *
   * @param role primary, standby (takes every push, so it lags by none) or lost
   * @param address host:port; null inside the driver
   * @param lostSeconds since it was lost
   * @param lagSteps steps made since it was lost
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Replica(
      int replica, String role, String address, Double lostSeconds, Long lagSteps) {}

  /**
   * What is on storage.
   *
   * @param everySteps 0: the last step only
   * @param newest the newest first
   */
  public record Checkpoints(long everySteps, long failures, List<Checkpoint> newest) {}

  /** One committed checkpoint; {@code seconds} is the time of the commit itself. */
  public record Checkpoint(long step, String directory, String time, double seconds) {}

  /** Mean of the steps from the point before up to {@code step}. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record CurvePoint(long step, Double loss, Double tokensPerSecond) {}

  /**
   * Something that happened.
   *
   * @param level info, warn or error
   * @param kind what, in a word or two joined by an underscore
   * @param step that the run had reached
   */
  public record Event(String time, String level, String kind, long step, String message) {}

  /** Whether nothing will change any more. */
  @JsonIgnore
  public boolean isOver() {
    return isEnd(state);
  }

  /** Whether a run that has not ended says nothing any more: its process is gone. */
  public boolean isStale(Instant now) {
    return !isOver() && Instant.parse(updated).plus(StatusFile.FRESH).isBefore(now);
  }

  static boolean isEnd(String state) {
    return ENDS.contains(state);
  }

  /** Part of this process's time in which the run came forward; null before the first step. */
  public Double goodput() {
    double all = timeSeconds.values().stream().mapToDouble(Double::doubleValue).sum();
    return all > 0 ? timeSeconds.getOrDefault("productive", 0.0) / all : null;
  }

  /** The number, or null if it is none that JSON could hold. */
  static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
