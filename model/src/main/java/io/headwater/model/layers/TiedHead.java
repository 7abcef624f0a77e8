package io.headwater.model.layers;

import io.headwater.model.tensor.Buffers;
import io.headwater.model.tensor.Operands;
import io.headwater.model.tensor.ParameterSpace;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The output layer of a language model, tied to the token embedding (Press and Wolf,
 * arXiv:1608.05859), with its cross-entropy.
 *
 * <p>One (N, V) buffer serves as logits, log-probabilities, probabilities and the loss's gradient
 * in turn, some rows at a time so that they stay in the cache from one to the next. It is of the
 * operands' type; what lies between its two products is computed in float32.
 *
 * <p>With label smoothing e (Szegedy et al., arXiv:1512.00567; Vaswani et al., arXiv:1706.03762)
 * the wanted distribution has 1 - e of its weight at the target and e spread evenly over all V
 * tokens.
 */
public final class TiedHead {
  private static final long CHUNK_ELEMENTS = 1 << 17; // 512 KiB
  private static final long[] OVER_VOCABULARY = {1};

  private final Tensor tokens; // (V, D)
  private final Tensor tokensTransposed; // (D, V)
  private final Tensor tokensGradient; // (V, D)
  private final Tensor bias; // (V), null if there is none
  private final Tensor biasGradient;
  private final ScalarType operandType;
  private final Tensor logits; // (N, V)
  private final Tensor logitsTransposed; // (V, N)
  private final Tensor targets; // (N, 1)
  private final Tensor ofTargets; // (N, 1)
  private final List<Chunk> chunks = new ArrayList<>();
  private final Scalar zero;

  /**
   * Views of some rows.
   *
   * @param work float32: the logits themselves if they are that
   * @param minusOne (rows, 1) of that value
   */
  private record Chunk(
      Tensor logits, Tensor work, Tensor targets, Tensor ofTargets, Tensor minusOne) {
    void logProbabilities() {
      if (work != logits) {
        work.copy_(logits);
      }
      torch.log_softmax_out(work, work, 1);
      torch.gather_out(ofTargets, work, 1, targets);
    }

    /** Mixes the mean over the vocabulary into the log-probabilities. */
    void smooth(double smoothing) {
      Tensor mean = work.mean(OVER_VOCABULARY, true, new ScalarTypeOptional());
      ofTargets.mul_(new Scalar(1 - smoothing)).add_(mean, new Scalar(smoothing));
    }

    /** Of the loss summed over rows, in the logits: probabilities, less those wanted. */
    void gradient(double smoothing) {
      work.exp_();
      if (smoothing == 0) {
        work.scatter_add_(1, targets, minusOne);
      } else {
        work.sub_(new Scalar(smoothing / work.size(1)));
        work.scatter_add_(1, targets, minusOne.mul(new Scalar(1 - smoothing)));
      }
      if (work != logits) {
        logits.copy_(work);
      }
    }
  }

  /**
   * @param targets (N, 1), where each computation finds them
   */
  public TiedHead(ParameterSpace space, String tokens, Buffers buffers, Tensor targets) {
    this(space, tokens, null, buffers, targets);
  }

  /** As the other constructor, with a bias added to the logits. */
  public TiedHead(
      ParameterSpace space, String tokens, String bias, Buffers buffers, Tensor targets) {
    this.bias = bias == null ? null : space.operand(bias);
    this.biasGradient = bias == null ? null : space.gradient(bias);
    this.operandType = space.operandType();
    this.tokens = space.operand(tokens);
    this.tokensTransposed = space.keep(this.tokens.t());
    this.tokensGradient = space.gradient(tokens);
    this.targets = targets;
    long rows = targets.size(0);
    long vocabulary = this.tokens.size(0);
    this.logits = buffers.operands(rows, vocabulary);
    this.logitsTransposed = buffers.keep(logits.t());
    this.ofTargets = buffers.floats(rows, 1);
    this.zero = buffers.scalar(0);
    split(buffers, Math.max(1, Math.min(rows, CHUNK_ELEMENTS / vocabulary)));
  }

  private void split(Buffers buffers, long rowsOfChunk) {
    Tensor minusOne = buffers.floats(rowsOfChunk, 1);
    minusOne.fill_(buffers.scalar(-1));
    boolean floats = logits.scalar_type().value == ScalarType.Float.value;
    Tensor shared = floats ? null : buffers.floats(rowsOfChunk, logits.size(1));
    for (long from = 0; from < logits.size(0); from += rowsOfChunk) {
      long count = Math.min(rowsOfChunk, logits.size(0) - from);
      Tensor rows = buffers.keep(logits.narrow(0, from, count));
      chunks.add(
          new Chunk(
              rows,
              floats ? rows : buffers.keep(shared.narrow(0, 0, count)),
              buffers.keep(targets.narrow(0, from, count)),
              buffers.keep(ofTargets.narrow(0, from, count)),
              buffers.keep(minusOne.narrow(0, 0, count))));
    }
  }

  /**
   * Computes the log-probabilities of the targets.
   *
   * @param x (N, D)
   * @return (N, 1), until the next computation
   */
  public Tensor logProbabilities(Tensor x) {
    score(x.to(operandType));
    chunks.forEach(Chunk::logProbabilities);
    return ofTargets;
  }

  /** Without label smoothing. */
  public Tensor gradient(Tensor x, Tensor ignored, long counted, Tensor dx) {
    return gradient(x, ignored, counted, 0, dx);
  }

  /**
   * Computes the log-probabilities of the targets and, for a loss that is the negated mean over
   * {@code counted} rows, writes the tokens' gradient and that of x.
   *
   * @param x (N, D)
   * @param ignored (N) rows that do not count, as a mask; null if all count
   * @param smoothing in [0, 1); if above 0, what is returned has the mean over the vocabulary mixed
   *     in
   * @param dx (N, D), overwritten
   * @return (N, 1), until the next computation
   */
  public Tensor gradient(Tensor x, Tensor ignored, long counted, double smoothing, Tensor dx) {
    Tensor read = x.to(operandType);
    score(read);
    for (Chunk chunk : chunks) {
      chunk.logProbabilities();
      if (smoothing > 0) {
        chunk.smooth(smoothing);
      }
      chunk.gradient(smoothing);
    }
    if (ignored != null) {
      logits.masked_fill_(ignored.view(-1, 1), zero);
    }
    Scalar scale = new Scalar(1.0 / counted);
    Operands.multiply(tokensGradient, logitsTransposed, read.mul(scale));
    if (bias != null) {
      torch.sum_out(biasGradient, logits, 0);
      biasGradient.mul_(scale);
    }
    Operands.multiply(dx, logits, tokens);
    dx.mul_(scale);
    return ofTargets;
  }

  /**
   * Logits of some rows.
   *
   * @param x (R, D)
   * @return (R, V) of float32, new
   */
  public Tensor logits(Tensor x) {
    Tensor read = x.to(operandType);
    Tensor scores =
        bias == null ? torch.mm(read, tokensTransposed) : torch.addmm(bias, read, tokensTransposed);
    return scores.to(ScalarType.Float);
  }

  private void score(Tensor x) {
    if (bias == null) {
      torch.mm_out(logits, x, tokensTransposed);
    } else {
      torch.addmm_out(logits, bias, x, tokensTransposed);
    }
  }
}
