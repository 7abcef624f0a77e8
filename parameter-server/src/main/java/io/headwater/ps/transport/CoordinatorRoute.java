package io.headwater.ps.transport;

/**
 * One way to a coordinator, over shared memory or a network: what a client opens, and what the
 * coordinator itself opens as its own end.
 */
public interface CoordinatorRoute {
  MessageOutlet requests();

  MessageInlet events();

  MessageInlet listenForRequests();

  MessageOutlet publishEvents();
}
