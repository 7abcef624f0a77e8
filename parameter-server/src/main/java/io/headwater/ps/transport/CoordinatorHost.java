package io.headwater.ps.transport;

import io.aeron.Aeron;
import io.headwater.checkpoint.UserException;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.security.Peer;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;

/**
 * The coordinator's own ends, at a media driver that is there already or at one of its own. Closing
 * it closes all channels.
 */
public final class CoordinatorHost implements AutoCloseable {
  private final CoordinatorEndpoint endpoint;
  private final EmbeddedDriver driver; // null: someone else's
  private final Aeron aeron;
  private final List<CoordinatorEnd> ends = new ArrayList<>();

  private CoordinatorHost(CoordinatorEndpoint at, Protection protection) {
    driver = at.aeronDirectory().isEmpty() ? EmbeddedDriver.launch() : null;
    endpoint = driver == null ? at : at.in(driver.directory());
    try {
      aeron = Routes.connect(endpoint.aeronDirectory());
    } catch (RuntimeException e) {
      CloseHelper.quietClose(driver);
      throw e;
    }
    ends.add(new AeronCoordinatorRoute(aeron, endpoint, true));
    if (endpoint.hasPort()) {
      CoordinatorEnd network = new AeronCoordinatorRoute(aeron, endpoint, false);
      ends.add(protection.guard(network, Peer.driver()));
      LocalDrivers.announce(endpoint.port(), endpoint.aeronDirectory());
    }
  }

  /**
   * Makes ready to coordinate.
   *
   * @param at if it names a directory, the media driver there serves
   * @param protection of what comes and goes over the network
   * @throws UserException if a port is in use or the host is not this machine's
   */
  public static CoordinatorHost open(CoordinatorEndpoint at, Protection protection) {
    if (at.hasPort()) {
      UdpPorts.check("the coordinator", at.host(), at.port(), CoordinatorEndpoint.PORTS);
    }
    return new CoordinatorHost(at, protection);
  }

  /** Where others reach it, with the directory of its media driver. */
  public CoordinatorEndpoint endpoint() {
    return endpoint;
  }

  public List<CoordinatorEnd> ends() {
    return ends;
  }

  @Override
  public void close() {
    if (endpoint.hasPort()) {
      LocalDrivers.withdraw(endpoint.port());
    }
    CloseHelper.quietClose(aeron);
    CloseHelper.quietClose(driver);
  }
}
