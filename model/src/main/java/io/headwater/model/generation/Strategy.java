package io.headwater.model.generation;

import io.headwater.model.Decoding;
import java.util.List;

/** How tokens are chosen by their scores. */
public sealed interface Strategy permits Sampling, BeamSearch {
  /**
   * Writes after what a decoding has read.
   *
   * @return a text for each of its rows, without an end of text
   */
  List<int[]> write(Decoding decoding, Limits limits);
}
