package io.headwater.finetune;

import java.util.List;

/**
 * How a training went.
 *
 * @param epochLosses mean loss of each epoch, nats
 * @param steps optimizer steps
 * @param parameters that were trained
 */
record Trained(List<Double> epochLosses, long steps, long parameters) {
  Trained {
    epochLosses = List.copyOf(epochLosses);
  }
}
