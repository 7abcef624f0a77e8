package io.headwater.finetune;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.model.Execution;
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
   * Trains, scores on the evaluation file and writes the task model's folder.
   *
   * @throws io.headwater.checkpoint.UserException if an input is wrong; nothing is written then
   * @throws FineTuneException if training fails
   */
  public static FineTuneReport run(FineTuneConfig config, FineTuneProgress progress) {
    return new FineTuneTask(config, progress).run();
  }

  private FineTuneReport run() {
    FineTuneSettings settings = config.settings();
    Checkpoint.requireWritable(config.output());
    List<LabelledExample> all = LabelledFile.read(config.train(), config.columns());
    List<LabelledExample> held = LabelledFile.read(config.evaluation(), config.columns());
    Labels labels = Labels.of(all, config.train());
    List<LabelledExample> examples =
        FewShot.draw(all, labels, settings.trainPerClass(), settings.seed(), config.train());
    Execution execution = new Execution(settings.device(), settings.threads());
    try (Checkpoint checkpoint = Checkpoint.open(config.checkpoint());
        TaskModel model =
            TaskModel.fresh(checkpoint, labels, settings.maxLength(), settings.seed(), execution)) {
      TokenizedTexts train = model.tokenize(examples, config.train());
      TokenizedTexts evaluation = model.tokenize(held, config.evaluation());
      if (config.method() != Method.SCRATCH) {
        model.loadBody(checkpoint);
      }
      if (config.method() == Method.LORA) {
        return lora(model, train, evaluation);
      }
      Trained trained = train(model, train);
      return finish(model, trained, train, evaluation);
    }
  }

  private FineTuneReport lora(TaskModel model, TokenizedTexts train, TokenizedTexts evaluation) {
    FineTuneSettings settings = config.settings();
    try (LoraAdapters adapters =
        new LoraAdapters(model.classifier(), config.lora(), settings.seed())) {
      Trained trained = NetworkTraining.train(adapters, train, settings, progress);
      FineTuneReport report = finish(model, trained, train, evaluation);
      adapters.write(config.output() + "/adapter", config.checkpoint());
      return report;
    }
  }

  private FineTuneReport finish(
      TaskModel model, Trained trained, TokenizedTexts train, TokenizedTexts evaluation) {
    Scores scores = model.score(evaluation);
    model.write(config.output(), trained.steps());
    return new FineTuneReport(
        config.method(),
        scores,
        trained.epochLosses(),
        trained.steps(),
        trained.parameters(),
        model.classifier().layout().elements(),
        train.size(),
        train.truncated() + evaluation.truncated(),
        (System.nanoTime() - start) / 1e9,
        config.output());
  }

  private Trained train(TaskModel model, TokenizedTexts texts) {
    if (config.method() != Method.PROBE) {
      try (TrainedWeights all = TrainedWeights.all(model.classifier())) {
        return NetworkTraining.train(all, texts, config.settings(), progress);
      }
    }
    Probe probe = new Probe(model.classifier().featureWidth(), model.labels().size());
    Trained trained =
        probe.train(model.features(texts), texts.labels(), config.settings(), progress);
    model.setScore(probe.score());
    return trained;
  }
}
