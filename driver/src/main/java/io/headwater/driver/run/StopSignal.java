package io.headwater.driver.run;

import java.util.ArrayList;
import java.util.List;
import sun.misc.Signal;

/** Whether somebody asked the program to stop: SIGTERM, SIGINT, or a caller. */
public final class StopSignal {
  private static final int EXIT_KILLED = 130;

  private final List<Runnable> listeners = new ArrayList<>();
  private boolean requested;

  /**
   * Turns SIGTERM and SIGINT into requests from now on; the second one ends the process at once.
   */
  public void listenToSignals() {
    Signal.handle(new Signal("TERM"), signal -> signalled());
    Signal.handle(new Signal("INT"), signal -> signalled());
  }

  /** Calls every listener, once. */
  public void request() {
    List<Runnable> toCall;
    synchronized (this) {
      if (requested) {
        return;
      }
      requested = true;
      toCall = List.copyOf(listeners);
    }
    toCall.forEach(Runnable::run);
  }

  public synchronized boolean isRequested() {
    return requested;
  }

  /** Calls the listener when a stop is asked for: now, if it was already. */
  public void onRequest(Runnable listener) {
    synchronized (this) {
      listeners.add(listener);
      if (!requested) {
        return;
      }
    }
    listener.run();
  }

  private void signalled() {
    if (isRequested()) {
      Runtime.getRuntime().halt(EXIT_KILLED);
    }
    request();
  }
}
