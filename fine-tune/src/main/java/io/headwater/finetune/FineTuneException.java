package io.headwater.finetune;

/** A fine-tuning run failed while it trained. */
public final class FineTuneException extends RuntimeException {
  public FineTuneException(String message, Throwable cause) {
    super(message, cause);
  }
}
