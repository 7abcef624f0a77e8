package io.headwater.ps.server;

import io.headwater.ps.protocol.ParameterServerException;

/** A gradient is infinite or NaN; the weights have not been touched by it. */
final class NonFiniteGradientException extends ParameterServerException {
  NonFiniteGradientException(long step, String where) {
    super("Cannot update the weights at step " + step + ": the gradient is not finite " + where);
  }
}
