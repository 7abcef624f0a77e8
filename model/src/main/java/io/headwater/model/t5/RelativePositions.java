package io.headwater.model.t5;

import io.headwater.model.tensor.ParameterSpace;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A bias on attention scores by the distance of key and query, which all layers of a stack share:
 * near distances have a bucket each, farther ones share buckets that widen with the logarithm.
 */
final class RelativePositions {
  private final T5Config sizes;
  private final boolean causal;
  private final Tensor bias; // (buckets, H)
  private final Tensor biasGradient;
  private long[] knownBuckets = {}; // of the last length

  /**
   * @param causal queries look at no later key
   */
  RelativePositions(ParameterSpace space, String name, T5Config sizes, boolean causal) {
    this.sizes = sizes;
    this.causal = causal;
    this.bias = space.parameter(name);
    this.biasGradient = space.gradient(name);
  }

  /**
   * @param bias (H, T, T), minus infinity where a query may not look
   * @param buckets (T * T)
   */
  record Result(Tensor bias, Tensor buckets) {}

  Result forward(int length) {
    Tensor buckets = buckets(length);
    Tensor scores = bias.index_select(0, buckets).t().contiguous().view(-1, length, length);
    if (causal) {
      Tensor later = torch.ones_like(scores).triu(1).to(ScalarType.Bool);
      scores.masked_fill_(later, new Scalar(Double.NEGATIVE_INFINITY));
    }
    return new Result(scores, buckets);
  }

  /**
   * Writes the gradient of the bias.
   *
   * @param dBias (H, T, T), summed over the layers
   */
  void backward(Result forward, Tensor dBias) {
    Tensor ofPairs = dBias.view(sizes.heads(), -1); // (H, T * T)
    Tensor ofBuckets = torch.zeros_like(biasGradient.t()); // (H, buckets)
    ofBuckets.scatter_add_(1, forward.buckets.view(1, -1).expand_as(ofPairs), ofPairs);
    biasGradient.copy_(ofBuckets.t());
  }

  /** The bias of one query on the keys up to its own place: (1, H, 1, place + 1). */
  Tensor row(int place) {
    long[] buckets = new long[place + 1];
    for (int key = 0; key <= place; key++) {
      buckets[key] = bucket(key - place);
    }
    Tensor rows = bias.index_select(0, torch.tensor(buckets).to(bias.device(), ScalarType.Long));
    return rows.t().contiguous().view(1, -1, 1, place + 1);
  }

  private Tensor buckets(int length) {
    if (knownBuckets.length != length * length) {
      knownBuckets = new long[length * length];
      for (int i = 0; i < knownBuckets.length; i++) {
        knownBuckets[i] = bucket(i % length - i / length);
      }
    }
    return torch.tensor(knownBuckets).to(bias.device(), ScalarType.Long);
  }

  /** The bucket of a key that stands {@code distance} places behind the query. */
  int bucket(int distance) {
    int count = causal ? sizes.buckets() : sizes.buckets() / 2;
    int first = !causal && distance > 0 ? count : 0;
    int far = causal ? Math.max(0, -distance) : Math.abs(distance);
    int exact = count / 2;
    if (far < exact) {
      return first + far;
    }
    // In float32 as published, so that a distance on a border falls into the same bucket.
    float share =
        (float) Math.log((float) far / exact)
            / (float) Math.log(sizes.maxDistance() / (double) exact);
    int large = exact + (int) (share * (count - exact));
    return first + Math.min(large, count - 1);
  }
}
