package io.headwater.ps.transport;

/** A client's way to a coordinator, over shared memory or a network. */
public interface CoordinatorRoute {
  /** Whether both ends are on one host. */
  boolean isLocal();

  MessageOutlet requests();

  MessageInlet events();

  /** What the coordinator says to those who prove the run's secret. */
  MessageInlet answers();
}
