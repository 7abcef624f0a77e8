package io.headwater.model.head;

import io.headwater.model.Target;
import io.headwater.model.layers.CrossEntropy;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * InfoNCE over P pairs: with the cosines {@code s_ij = u_i . v_j / (|u_i| |v_j|)}, the mean of the
 * cross-entropies of i among {@code s_i. / temperature} and among {@code s_.i / temperature}.
 */
final class Contrast {
  private Contrast() {}

  /**
   * @param rows (2P, D): u_0, v_0, u_1, v_1 ...
   */
  static Loss.Result of(Tensor rows, double temperature) {
    long pairs = rows.size(0) / 2;
    Tensor norms = rows.norm(new ScalarOptional(new Scalar(2)), new long[] {1}, true);
    Tensor unit = rows.div(norms); // (2P, D)
    Tensor both = unit.view(pairs, 2, -1);
    Tensor u = both.select(1, 0); // (P, D)
    Tensor v = both.select(1, 1);
    Tensor cosines = torch.mm(u, v.t()).div_(new Scalar(temperature)); // (P, P)
    Target.Classes own = Target.Classes.of(IntStream.range(0, (int) pairs).toArray());
    CrossEntropy.Result there = CrossEntropy.of(cosines, own);
    CrossEntropy.Result back = CrossEntropy.of(cosines.t().contiguous(), own);
    Tensor dCosines =
        there.dLogits().add(back.dLogits().t()).div_(new Scalar(2 * temperature)); // (P, P)
    Tensor dUnit =
        torch
            .stack(new TensorVector(torch.mm(dCosines, v), torch.mm(dCosines.t(), u)), 1)
            .view(rows.size(0), -1);
    Tensor along = dUnit.mul(unit).sum(new long[] {1}, true, new ScalarTypeOptional());
    Tensor dRows = dUnit.sub_(unit.mul(along)).div_(norms);
    return new Loss.Result((there.loss() + back.loss()) / 2, dRows);
  }
}
