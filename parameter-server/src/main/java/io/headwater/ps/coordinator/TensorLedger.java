package io.headwater.ps.coordinator;

import io.headwater.ps.optimizer.TensorNorms;
import io.headwater.ps.protocol.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The pieces of tensors' norms that the lead has heard of one step. */
final class TensorLedger {
  private static final int MAX_TENSORS = 1 << 20; // the number comes from the network

  private final Map<Integer, Request.Piece> pieces = new TreeMap<>(); // by their number
  private int all = -1;
  private int tensors;

  void clear() {
    pieces.clear();
    all = -1;
  }

  void onNorms(Request.TensorNorms norms) {
    boolean first = all < 0;
    if (!isValid(norms) || (!first && (norms.allPieces() != all || norms.tensors() != tensors))) {
      return;
    }
    all = norms.allPieces();
    tensors = norms.tensors();
    for (int i = 0; i < norms.pieces().size(); i++) {
      pieces.put(norms.firstPiece() + i, norms.pieces().get(i));
    }
  }

  private static boolean isValid(Request.TensorNorms norms) {
    return norms.tensors() >= 0
        && norms.tensors() <= MAX_TENSORS
        && norms.firstPiece() >= 0
        && norms.pieces().size() <= norms.allPieces() - norms.firstPiece()
        && norms.pieces().stream().allMatch(p -> p.tensor() >= 0 && p.tensor() < norms.tensors());
  }

  boolean isComplete() {
    return pieces.size() == all;
  }

  /** The factor of each tensor; pieces are added in their order. */
  List<Float> trust() {
    int[] owners = new int[all];
    double[][] sums = new double[2][all];
    int at = 0;
    for (Request.Piece piece : pieces.values()) {
      owners[at] = piece.tensor();
      sums[0][at] = piece.weights();
      sums[1][at++] = piece.updates();
    }
    List<Float> trust = new ArrayList<>();
    for (float factor : TensorNorms.trust(tensors, owners, sums)) {
      trust.add(factor);
    }
    return trust;
  }
}
