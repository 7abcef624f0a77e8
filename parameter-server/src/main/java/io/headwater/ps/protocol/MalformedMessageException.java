package io.headwater.ps.protocol;

/** A control message's bytes do not make sense; never leaves {@link ControlCodec}. */
final class MalformedMessageException extends RuntimeException {
  MalformedMessageException(String what) {
    super(what, null, false, false);
  }
}
