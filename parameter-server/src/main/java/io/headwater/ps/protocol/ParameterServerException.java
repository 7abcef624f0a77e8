package io.headwater.ps.protocol;

/** The parameter server cannot go on; the message names what was waited for, and whom. */
public class ParameterServerException extends RuntimeException {
  public ParameterServerException(String message) {
    super(message);
  }

  public ParameterServerException(String message, Throwable cause) {
    super(message, cause);
  }
}
