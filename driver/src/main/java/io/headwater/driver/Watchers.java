package io.headwater.driver;

import io.headwater.driver.status.RunStatus;

/** Who follows a run of word vectors: the terminal, and whoever asks for its status. */
record Watchers(Progress progress, RunStates states) {
  RunStatus status() {
    return states.status();
  }
}
