package io.headwater.ps.protocol;

import io.headwater.ps.codec.Codec;
import io.headwater.ps.codec.Codecs;
import io.headwater.ps.optimizer.LearningRateSchedule;
import io.headwater.ps.optimizer.OptimizerConfig;
import java.time.Duration;

/** The bytes of a {@link RunSpecification}. */
final class RunSpecificationCodec {
  private RunSpecificationCodec() {}

  static void write(RunSpecification run, ControlWriter out) {
    RunSpecification.Training training = run.training();
    RunSpecification.Checkpoints checkpoints = run.checkpoints();
    RunSpecification.Timeouts timeouts = run.timeouts();
    out.text(run.runId()).int32(run.workers());
    out.int64(training.steps()).int32(training.microBatches()).int32(training.localSteps());
    out.int32(training.staleness()).float32(training.guard());
    OptimizerConfig optimizer = training.optimizer();
    out.int32(optimizer.kind().ordinal()).float32(optimizer.beta1()).float32(optimizer.beta2());
    out.float32(optimizer.epsilon()).float32(optimizer.weightDecay());
    out.float32(optimizer.gradientClip());
    LearningRateSchedule rate = training.learningRate();
    out.float32(rate.peak()).float32(rate.minimum());
    out.int64(rate.warmupSteps()).int64(rate.decaySteps());
    write(training.codecs(), out);
    out.text(checkpoints.from()).text(checkpoints.output()).int64(checkpoints.everySteps());
    out.int64(timeouts.start().toMillis()).int64(timeouts.lease().toMillis());
    out.int64(timeouts.step().toMillis()).int64(timeouts.snapshot().toMillis());
  }

  static RunSpecification read(ControlReader in) {
    String runId = in.text();
    int workers = in.int32();
    RunSpecification.Training training =
        new RunSpecification.Training(
            in.int64(),
            in.int32(),
            in.int32(),
            in.int32(),
            in.float32(),
            optimizer(in),
            rate(in),
            codecs(in));
    RunSpecification.Checkpoints checkpoints =
        new RunSpecification.Checkpoints(in.text(), in.text(), in.int64());
    RunSpecification.Timeouts timeouts =
        new RunSpecification.Timeouts(duration(in), duration(in), duration(in), duration(in));
    return new RunSpecification(runId, workers, training, checkpoints, timeouts);
  }

  private static OptimizerConfig optimizer(ControlReader in) {
    int kind = in.int32();
    OptimizerConfig.Kind[] kinds = OptimizerConfig.Kind.values();
    if (kind < 0 || kind >= kinds.length) {
      throw new MalformedMessageException("optimizer " + kind);
    }
    return new OptimizerConfig(
        kinds[kind], in.float32(), in.float32(), in.float32(), in.float32(), in.float32());
  }

  private static LearningRateSchedule rate(ControlReader in) {
    return new LearningRateSchedule(in.float32(), in.float32(), in.int64(), in.int64());
  }

  static void write(Codecs codecs, ControlWriter out) {
    out.int32(codecs.push().number()).float64(codecs.topK()).int32(codecs.pull().number());
  }

  static Codecs codecs(ControlReader in) {
    return new Codecs(codec(in), in.float64(), codec(in));
  }

  private static Codec codec(ControlReader in) {
    int number = in.int32();
    return Codec.numbered(number)
        .orElseThrow(() -> new MalformedMessageException("codec " + number));
  }

  private static Duration duration(ControlReader in) {
    return Duration.ofMillis(in.int64());
  }
}
