package io.headwater.model.bert;

import io.headwater.model.MaskedBatch;
import io.headwater.model.TokenBatch;
import io.headwater.model.layers.Dense;
import io.headwater.model.layers.LayerNorm;
import io.headwater.model.layers.TiedHead;
import io.headwater.model.tensor.Buffers;
import io.headwater.model.tensor.Ids;
import io.headwater.model.tensor.ParameterSpace;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Predicts the tokens of masked places: {@code norm(gelu(W h + b))}, scored by the word embeddings.
 * Only the rows asked for are computed, R = B * P of them; places that fill up are among them and
 * do not count.
 */
final class MaskedTokenHead {
  private final int vocabularySize;
  private final Dense transform;
  private final LayerNorm norm;
  private final TiedHead decoder;
  private final Tensor hostRows; // (R)
  private final Tensor rows; // (R)
  private final Tensor hostTargets; // (R, 1)
  private final Tensor targets; // (R, 1)
  private final Tensor dNormed; // (R, D)
  private final Tensor dTransformed; // (R, D)

  /** What the batch asks, as tensors. */
  private record Asked(Tensor ignored, long counted) {}

  private record Forward(Tensor picked, Tensor transformed, Tensor active, LayerNorm.Result out) {}

  MaskedTokenHead(ParameterSpace space, BertConfig sizes, Buffers buffers, long places) {
    vocabularySize = sizes.vocabularySize();
    transform = new Dense(space, BertCheckpointMapping.TRANSFORM);
    norm = new LayerNorm(space, BertCheckpointMapping.TRANSFORM_NORM, sizes.layerNormEpsilon());
    dNormed = buffers.floats(places, sizes.hiddenSize());
    dTransformed = buffers.floats(places, sizes.hiddenSize());
    hostRows = buffers.hostLongs(places);
    hostTargets = buffers.hostLongs(places, 1);
    rows = dNormed.is_cpu() ? hostRows : buffers.longs(places);
    targets = dNormed.is_cpu() ? hostTargets : buffers.longs(places, 1);
    decoder =
        new TiedHead(
            space,
            BertCheckpointMapping.WORDS,
            BertCheckpointMapping.DECODER_BIAS,
            buffers,
            targets);
  }

  /**
   * Writes the heads' gradients and adds that of the hidden states.
   *
   * @param hidden (N, D)
   * @param dHidden (N, D)
   * @return mean cross-entropy in nats
   */
  double gradient(Tensor hidden, MaskedBatch batch, Tensor dHidden) {
    Asked asked = write(batch);
    Forward forward = forward(hidden);
    Tensor logProbabilities =
        decoder.gradient(forward.out().y(), asked.ignored(), asked.counted(), dNormed);
    Tensor dActive = norm.backward(forward.active(), forward.out(), dNormed);
    Tensor dTransform = torch.gelu_backward(dActive, forward.transformed());
    transform.backward(forward.picked(), dTransform, dTransformed);
    dHidden.index_add_(0, rows, dTransformed);
    return sum(logProbabilities, asked) / asked.counted();
  }

  /**
   * @param loss cross-entropy in nats, summed
   * @param correct places whose most probable token is the right one
   * @param counted places
   */
  record Score(double loss, long correct, long counted) {}

  Score score(Tensor hidden, MaskedBatch batch) {
    Asked asked = write(batch);
    Tensor normed = forward(hidden).out().y();
    double loss = sum(decoder.logProbabilities(normed), asked);
    Tensor best = decoder.logits(normed).max(1, true).get1(); // (R, 1)
    Tensor right = best.eq(targets).logical_and(asked.ignored().logical_not().view(-1, 1));
    return new Score(loss, right.sum().item_long(), asked.counted());
  }

  private Forward forward(Tensor hidden) {
    Tensor picked = hidden.index_select(0, rows);
    Tensor transformed = transform.forward(picked).to(ScalarType.Float);
    Tensor active = torch.gelu(transformed);
    return new Forward(picked, transformed, active, norm.forward(active));
  }

  private Asked write(MaskedBatch batch) {
    int[] wanted = batch.targets();
    int[] flat = new int[wanted.length];
    int[] known = new int[wanted.length];
    byte[] ignored = new byte[wanted.length];
    long counted = 0;
    for (int i = 0; i < wanted.length; i++) {
      flat[i] = i / batch.predictions() * batch.length() + batch.positions()[i];
      boolean counts = wanted[i] != TokenBatch.IGNORED;
      known[i] = counts ? wanted[i] : 0;
      ignored[i] = (byte) (counts ? 0 : 1);
      counted += counts ? 1 : 0;
    }
    if (counted == 0) {
      throw new IllegalArgumentException("Cannot compute a loss: no place is asked for");
    }
    Ids.write(flat, hostRows, batch.tokens());
    Ids.write(known, hostTargets, vocabularySize);
    if (rows != hostRows) {
      rows.copy_(hostRows);
      targets.copy_(hostTargets);
    }
    return new Asked(torch.tensor(ignored).to(targets.device(), ScalarType.Bool), counted);
  }

  private static double sum(Tensor logProbabilities, Asked asked) {
    return -logProbabilities
        .masked_fill(asked.ignored().view(-1, 1), new Scalar(0))
        .sum(new ScalarTypeOptional(ScalarType.Double))
        .item_double();
  }
}
