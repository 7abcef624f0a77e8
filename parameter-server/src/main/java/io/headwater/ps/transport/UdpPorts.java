package io.headwater.ps.transport;

import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** UDP ports of this machine. */
public final class UdpPorts {
  private static final int FIRST_TRIED = 42_000;
  private static final int LAST_TRIED = 60_000;

  private UdpPorts() {}

  /**
   * Refuses what could not be started in this process.
   *
   * @param what needs the ports, for the message
   * @throws UserException if a port is in use or the host is not this machine's
   */
  public static void check(String what, String host, int first, int count) {
    for (int port = first; port < first + count; port++) {
      try {
        bind(host, port);
      } catch (UnknownHostException e) {
        throw new UserException("Cannot start " + what + ": host " + host + " is unknown", e);
      } catch (IOException e) {
        throw new UserException(
            "Cannot start "
                + what
                + ": UDP port "
                + port
                + " of "
                + host
                + " cannot be used ("
                + e.getMessage()
                + "); it needs "
                + count
                + " free ports in a row",
            e);
      }
    }
  }

  /**
   * The first of some ports in a row that are free now.
   *
   * @throws UserException if there are none, or the host is not this machine's
   */
  public static int free(String what, String host, int count) {
    int spread = (int) (ProcessHandle.current().pid() % 1000) * count; // two processes at a time
    UserException last = null;
    for (int port = FIRST_TRIED + spread; port + count < LAST_TRIED; port += count) {
      try {
        check(what, host, port, count);
        return port;
      } catch (UserException e) {
        last = e;
      }
    }
    throw last == null ? new UserException("Cannot start " + what + ": no UDP port is free") : last;
  }

  private static void bind(String host, int port) throws IOException {
    try (DatagramSocket socket = new DatagramSocket(null)) {
      socket.setReuseAddress(false);
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    }
  }
}
