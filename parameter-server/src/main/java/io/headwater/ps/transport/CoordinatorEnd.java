package io.headwater.ps.transport;

/** A coordinator's own end of the ways that lead to it over one transport. */
public interface CoordinatorEnd {
  /** Whether clients are on this host. */
  boolean isLocal();

  MessageInlet listenForRequests();

  MessageOutlet publishEvents();

  /** To those who prove the run's secret. */
  MessageOutlet publishAnswers();
}
