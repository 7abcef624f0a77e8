package io.headwater.driver.run;

import io.headwater.driver.status.RunStatus;

/** Who follows a run of word vectors: the terminal, and whoever asks for its status. */
public record Watchers(Progress progress, RunStates states) {
  public RunStatus status() {
    return states.status();
  }
}
