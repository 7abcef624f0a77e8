package io.headwater.model.head;

import io.headwater.model.TextBatch;
import io.headwater.model.layers.Dropout;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The mean state of each text's real tokens, R = B. */
record MeanOfTokens() implements Readout {
  @Override
  public Rows read(Tensor hidden, TextBatch batch, Dropout drops) {
    Tensor shares = shares(batch, hidden); // (B, 1, T)
    Tensor states = hidden.view(batch.sequences(), batch.length(), hidden.size(1));
    return new Rows(
        torch.bmm(shares, states).view(batch.sequences(), -1),
        (dRows, dHidden) ->
            dHidden.add_(
                torch
                    .bmm(shares.transpose(1, 2), dRows.view(batch.sequences(), 1, -1))
                    .view(dHidden.size(0), -1)));
  }

  private static Tensor shares(TextBatch batch, Tensor hidden) {
    float[] shares = new float[batch.inputs().length];
    for (int row = 0; row < batch.sequences(); row++) {
      for (int place = 0; place < batch.lengths()[row]; place++) {
        shares[row * batch.length() + place] = 1f / batch.lengths()[row];
      }
    }
    return torch
        .tensor(shares)
        .to(hidden.device(), ScalarType.Float)
        .view(batch.sequences(), 1, batch.length());
  }
}
