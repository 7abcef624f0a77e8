package io.headwater.ps.protocol;

/**
 * What makes a pushed gradient unique, with the chunk: sending it again changes nothing.
 *
 * @param run the run's key
 * @param step of the weights that the gradient was computed from
 * @param node of the summation tree
 * @param worker who computed it
 * @param incarnation which start of that worker
 */
public record PushName(long run, long step, int node, int worker, long incarnation) {
  /** What stands in a frame of weights: no worker has pushed them. */
  public static PushName ofWeights(long run, long step) {
    return new PushName(run, step, 0, -1, 0);
  }
}
