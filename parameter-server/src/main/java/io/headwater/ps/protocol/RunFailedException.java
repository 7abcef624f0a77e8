package io.headwater.ps.protocol;

/** The run was ended by the parameter server: a worker lost, a non-finite gradient, a timeout. */
public class RunFailedException extends ParameterServerException {
  public RunFailedException(String reason) {
    super(reason);
  }
}
