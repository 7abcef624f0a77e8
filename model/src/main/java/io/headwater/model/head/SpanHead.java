package io.headwater.model.head;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.LabelledBatch;
import io.headwater.model.Target;
import io.headwater.model.TextBatch;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The first and the last token of a part of each text: two scores for each token, and the mean of
 * the cross-entropies of the true ones among the text's real tokens (Devlin et al.,
 * arXiv:1810.04805, section 4.2).
 */
public record SpanHead() implements TaskHead {
  static final String ARCHITECTURE = "ForQuestionAnswering";

  /** A score that a softmax makes 0. */
  private static final double NOWHERE = -1e9;

  @Override
  public String architecture() {
    return ARCHITECTURE;
  }

  @Override
  public void describe(ObjectNode config) {
    // The architecture says all.
  }

  @Override
  public boolean readsSummary() {
    return false;
  }

  @Override
  public Optional<Scorer> scorer(Scorer ofSummary) {
    return Optional.of(new Scorer("qa_outputs", true));
  }

  @Override
  public int outputs() {
    return 2;
  }

  @Override
  public Readout readout(Body body) {
    return new EveryToken(0);
  }

  @Override
  public Loss loss() {
    return SpanHead::crossEntropies;
  }

  private static Loss.Result crossEntropies(Tensor outputs, LabelledBatch batch) {
    TextBatch texts = batch.texts();
    Target.Spans spans = batch.target().as(Target.Spans.class);
    Tensor scores = outputs.view(texts.sequences(), texts.length(), 2);
    Tensor masked = scores.masked_fill(behind(texts, outputs), new Scalar(NOWHERE));
    Tensor logProbabilities = torch.log_softmax(masked, 1); // (B, T, 2)
    Tensor places = places(spans, texts, outputs); // (B, 1, 2)
    double loss = -logProbabilities.gather(1, places).mean().item_double();
    Tensor dScores = logProbabilities.exp();
    dScores.scatter_add_(1, places, torch.full_like(logProbabilities, new Scalar(-1)));
    dScores.div_(new Scalar(2.0 * texts.sequences()));
    return new Loss.Result(loss, dScores.view(-1, 2));
  }

  /** (B, T, 1): true behind a sequence's end. */
  private static Tensor behind(TextBatch texts, Tensor outputs) {
    byte[] behind = new byte[texts.inputs().length];
    for (int i = 0; i < behind.length; i++) {
      behind[i] = (byte) (i % texts.length() < texts.lengths()[i / texts.length()] ? 0 : 1);
    }
    return torch
        .tensor(behind)
        .to(outputs.device(), ScalarType.Bool)
        .view(texts.sequences(), texts.length(), 1);
  }

  private static Tensor places(Target.Spans spans, TextBatch texts, Tensor outputs) {
    long[] places = new long[2 * texts.sequences()];
    for (int row = 0; row < texts.sequences(); row++) {
      places[2 * row] = checked(spans.starts()[row], texts.lengths()[row]);
      places[2 * row + 1] = checked(spans.ends()[row], texts.lengths()[row]);
    }
    return torch.tensor(places).to(outputs.device(), ScalarType.Long).view(texts.sequences(), 1, 2);
  }

  private static int checked(int place, int length) {
    if (place < 0 || place >= length) {
      throw new IllegalArgumentException(
          "Cannot learn place " + place + " of a sequence of " + length + " tokens");
    }
    return place;
  }
}
