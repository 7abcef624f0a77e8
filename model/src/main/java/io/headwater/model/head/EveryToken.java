package io.headwater.model.head;

import io.headwater.model.TextBatch;
import io.headwater.model.layers.Dropout;
import org.bytedeco.pytorch.Tensor;

/** A row for each token, R = N, those behind a sequence's end among them. */
record EveryToken(double dropout) implements Readout {
  @Override
  public Rows read(Tensor hidden, TextBatch batch, Dropout drops) {
    Tensor mask = drops.mask(hidden, dropout);
    return new Rows(
        mask == null ? hidden : hidden.mul(mask),
        (dRows, dHidden) -> dHidden.add_(mask == null ? dRows : dRows.mul(mask)));
  }
}
