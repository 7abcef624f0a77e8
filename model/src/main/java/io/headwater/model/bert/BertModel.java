package io.headwater.model.bert;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.Batch;
import io.headwater.model.Execution;
import io.headwater.model.GradientProgress;
import io.headwater.model.Losses;
import io.headwater.model.MaskedBatch;
import io.headwater.model.Measure;
import io.headwater.model.Pretrainable;
import io.headwater.model.layers.ClassHead;
import io.headwater.model.layers.Dropout;
import io.headwater.model.layers.Pooler;
import io.headwater.model.tensor.ParameterSpace;
import io.headwater.model.tensor.TensorModel;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * A BERT that predicts masked tokens and, by its objective, whether the second segment follows the
 * first. Its loss is the sum of both mean cross-entropies.
 */
final class BertModel implements Pretrainable, TensorModel {
  private final BertConfig sizes;
  private final BertBody body;
  private final Pooler pooler; // null without next-sentence prediction
  private final ClassHead nextSentence; // likewise
  private BertBody.Shape shape;
  private int predictions;
  private MaskedTokenHead head; // of the shape and the number of predictions

  BertModel(BertConfig sizes, Execution execution) {
    this.sizes = sizes;
    this.body = new BertBody(sizes, BertCheckpointMapping.pretraining(sizes), execution);
    boolean pairs = sizes.objective().nextSentence();
    this.pooler = pairs ? new Pooler(body.space(), BertCheckpointMapping.POOLER) : null;
    this.nextSentence =
        pairs ? new ClassHead(body.space(), BertCheckpointMapping.NEXT_SENTENCE) : null;
  }

  @Override
  public ObjectNode config() {
    return BertCheckpointMapping.pretrainingConfig(sizes);
  }

  @Override
  public int contextLength() {
    return sizes.contextLength();
  }

  @Override
  public ParameterSpace space() {
    return body.space();
  }

  @Override
  public void initialize(long seed) {
    BertInitialization.apply(layout(), parameters(), seed);
  }

  @Override
  public Losses gradient(Batch examples, GradientProgress progress) {
    MaskedBatch batch = use(examples);
    try (PointerScope step = new PointerScope()) {
      Tensor hidden = forward(batch, Dropout.seeded(batch.seed()));
      Tensor dHidden = shape.gradient().zero_();
      List<Double> losses = new ArrayList<>();
      losses.add(head.gradient(hidden, batch, dHidden));
      if (nextSentence != null) {
        Pooler.Result pooled = pooler.forward(hidden, batch.sequences());
        ClassHead.Result follows = nextSentence.gradient(pooled.y(), batch.nextSentence());
        pooler.backward(pooled, follows.dx(), dHidden);
        losses.add(follows.loss());
      }
      shape.backward(progress);
      return new Losses(losses);
    }
  }

  @Override
  public double trainingFlops(Batch batch) {
    return sizes.trainingFlops(batch.as(MaskedBatch.class));
  }

  @Override
  public List<Measure> measure(Batch examples) {
    MaskedBatch batch = use(examples);
    try (PointerScope step = new PointerScope()) {
      Tensor hidden = forward(batch, Dropout.NONE);
      MaskedTokenHead.Score score = head.score(hidden, batch);
      List<Measure> measures = new ArrayList<>();
      measures.add(new Measure("loss", score.loss(), score.counted()));
      measures.add(new Measure("masked_accuracy", score.correct(), score.counted()));
      if (nextSentence != null) {
        Tensor pooled = pooler.forward(hidden, batch.sequences()).y();
        int[] labels = batch.nextSentence();
        measures.add(
            new Measure("next_sentence_loss", nextSentence.loss(pooled, labels), labels.length));
        measures.add(
            new Measure(
                "next_sentence_accuracy", nextSentence.correct(pooled, labels), labels.length));
      }
      return measures;
    }
  }

  @Override
  public void close() {
    body.close();
  }

  private Tensor forward(MaskedBatch batch, Dropout drops) {
    return shape.forward(batch.inputs(), batch.segments(), batch.lengths(), drops);
  }

  private MaskedBatch use(Batch examples) {
    MaskedBatch batch = examples.as(MaskedBatch.class);
    if (nextSentence != null && batch.nextSentence().length == 0) {
      throw new IllegalArgumentException(
          "Cannot compute the loss of " + sizes.objective() + ": the batch has no labels of pairs");
    }
    BertBody.Shape wanted = body.shape(batch.sequences(), batch.length());
    if (wanted != shape || batch.predictions() != predictions) {
      shape = wanted;
      predictions = batch.predictions();
      head =
          new MaskedTokenHead(
              body.space(), sizes, wanted.buffers(), (long) batch.sequences() * predictions);
    }
    return batch;
  }
}
