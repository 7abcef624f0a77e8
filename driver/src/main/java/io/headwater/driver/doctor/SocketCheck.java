package io.headwater.driver.doctor;

import io.headwater.ps.transport.EmbeddedDriver;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What the kernel grants a UDP socket, and how large a packet the way out takes. */
final class SocketCheck implements Check {
  private static final int ASKED = 2 << 20; // bytes, as the media driver asks
  private static final int IP_AND_UDP_HEADERS = 28;

  private final String host;
  private final int payload; // bytes of the largest datagram

  /**
   * @param host of this machine as others know it; empty = its own name
   * @param payload of the largest datagram that shards and workers send each other
   */
  SocketCheck(String host, int payload) {
    this.host = host;
    this.payload = payload;
  }

  @Override
  public List<Finding> findings() {
    return List.of(buffers(), batches(), mtu());
  }

  private static Finding buffers() {
    try (DatagramChannel channel = DatagramChannel.open()) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, ASKED);
      channel.setOption(StandardSocketOptions.SO_SNDBUF, ASKED);
      return granted(
          channel.getOption(StandardSocketOptions.SO_RCVBUF),
          channel.getOption(StandardSocketOptions.SO_SNDBUF));
    } catch (IOException e) {
      return Finding.problem("socket buffers", e.toString(), "see that UDP sockets may be opened");
    }
  }

  /** Of bytes. */
  static Finding granted(int receive, int send) {
    return Finding.desired(
        Math.min(receive, send) >= ASKED,
        "socket buffers",
        "granted %,d bytes to receive and %,d to send of %,d".formatted(receive, send, ASKED),
        "sysctl net.core.rmem_max=%d net.core.wmem_max=%d (deploy/sysctl): small buffers lose"
                .formatted(2 * ASKED, 2 * ASKED)
            + " datagrams under load, which are sent again");
  }

  private static Finding batches() {
    Optional<String> why = EmbeddedDriver.whySingleDatagrams();
    return Finding.desired(
        why.isEmpty(),
        "datagrams",
        why.map(reason -> "one in a system call: " + reason).orElse("many in a system call"),
        "run on Linux 5.0 or later, by the launcher `headwater`: between hosts a datagram a call"
            + " costs several times the time");
  }

  private Finding mtu() {
    int needed = payload + IP_AND_UDP_HEADERS;
    try {
      List<String> found = new ArrayList<>();
      int least = Integer.MAX_VALUE;
      for (InetAddress address : addresses()) {
        NetworkInterface network = NetworkInterface.getByInetAddress(address);
        if (network != null) {
          found.add(network.getName() + " " + network.getMTU());
          least = Math.min(least, network.getMTU());
        }
      }
      return found.isEmpty()
          ? Finding.warning(
              "mtu", "no interface has the address of " + name(), "set parameter-server.host")
          : Finding.desired(
              least >= needed,
              "mtu",
              String.join(", ", found) + "; datagrams have " + needed,
              "raise the interface's MTU: datagrams in fragments are lost whole with each of them");
    } catch (IOException e) {
      return Finding.warning(
          "mtu",
          "cannot find " + name() + ": " + e.getMessage(),
          "set parameter-server.host to a name of this machine");
    }
  }

  private String name() {
    return host.isEmpty() ? "this machine" : host;
  }

  private List<InetAddress> addresses() throws UnknownHostException {
    InetAddress[] all =
        host.isEmpty()
            ? InetAddress.getAllByName(InetAddress.getLocalHost().getHostName())
            : InetAddress.getAllByName(host);
    return Arrays.stream(all).filter(Inet4Address.class::isInstance).toList();
  }
}
