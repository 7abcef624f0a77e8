package io.headwater.finetune;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.UserException;
import io.headwater.model.TaskNetwork;
import java.util.List;

/** One fine-tuning run, from a checkpoint and labelled files to a task model and its scores. */
public final class FineTuneTask {
  private final FineTuneConfig config;
  private final FineTuneProgress progress;
  private final long start = System.nanoTime();

  private FineTuneTask(FineTuneConfig config, FineTuneProgress progress) {
    this.config = config;
    this.progress = progress;
  }

  /**
   * Trains, scores on the evaluation file and writes the task model's folder. May be called any
   * number of times in a process.
   *
   * @throws UserException if an input is wrong; nothing is written then
   * @throws FineTuneException if training fails
   */
  public static FineTuneReport run(FineTuneConfig config, FineTuneProgress progress) {
    return new FineTuneTask(config, progress).run(config.task());
  }

  private <E, N extends TaskNetwork> FineTuneReport run(Task<E, N> task) {
    FineTuneSettings settings = config.settings();
    checkMethod(settings);
    Checkpoint.requireWritable(config.output());
    List<E> all = task.readTraining(config.train(), config.columns());
    List<E> held = task.read(config.evaluation(), config.columns());
    Labels labels = task.labels(all, config.train());
    List<E> examples =
        Draw.of(all, task::stratum, settings.selection(), settings.seed(), config.train());
    try (Checkpoint checkpoint = Checkpoint.open(config.checkpoint());
        TaskModel<N> model =
            TaskModel.make(
                task, checkpoint, labels, settings.selection().maxLength(), settings.execution())) {
      model.network().initialize(settings.seed());
      TaskData train = weighted(task.prepare(examples, config.train(), model));
      TaskData evaluation = task.prepare(held, config.evaluation(), model);
      if (config.method() != Method.SCRATCH) {
        model.loadBody(checkpoint);
      }
      if (config.method() == Method.LORA) {
        return lora(task, model, train, evaluation);
      }
      return finish(model, train(model, train, evaluation), train, evaluation);
    }
  }

  private void checkMethod(FineTuneSettings settings) {
    if (config.method() == Method.PROBE
        && (settings.watch().scoresEpochs()
            || settings.descent().layerDecay() != 1
            || !settings.selection().classWeights().isNone())) {
      throw new UserException(
          "Cannot probe with layer-decay, patience, scores of epochs or class weights: only the"
              + " head is trained (methods full, lora and scratch take them)");
    }
  }

  private TaskData weighted(TaskData train) {
    ClassWeights weights = config.settings().selection().classWeights();
    return weights.isNone() ? train : train.weighted(weights);
  }

  private <N extends TaskNetwork> FineTuneReport lora(
      Task<?, N> task, TaskModel<N> model, TaskData train, TaskData evaluation) {
    FineTuneSettings settings = config.settings();
    try (LoraAdapters adapters =
        new LoraAdapters(model.network(), config.lora(), settings.seed())) {
      Trained trained = NetworkTraining.train(adapters, train, evaluation, settings, progress);
      FineTuneReport report = finish(model, trained, train, evaluation);
      adapters.write(
          config.output() + "/adapter", task.adapterType(model.network()), config.checkpoint());
      return report;
    }
  }

  private FineTuneReport finish(
      TaskModel<?> model, Trained trained, TaskData train, TaskData evaluation) {
    Scores scores = evaluation.score();
    model.write(config.output(), trained.steps());
    return new FineTuneReport(
        config.task().name(),
        config.method(),
        scores,
        trained,
        model.network().layout().elements(),
        train.size(),
        train.truncated() + evaluation.truncated(),
        (System.nanoTime() - start) / 1e9,
        config.output());
  }

  private Trained train(TaskModel<?> model, TaskData train, TaskData evaluation) {
    if (config.method() == Method.PROBE) {
      return Probe.train(train.probed(), config.settings(), progress);
    }
    try (TrainedWeights all = TrainedWeights.all(model.network())) {
      return NetworkTraining.train(all, train, evaluation, config.settings(), progress);
    }
  }
}
