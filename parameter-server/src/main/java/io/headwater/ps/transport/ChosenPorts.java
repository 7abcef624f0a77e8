package io.headwater.ps.transport;

import io.aeron.driver.media.PortManager;
import io.aeron.driver.media.UdpChannel;
import io.headwater.checkpoint.UserException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.BitSet;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ports of sockets that may have any: one that sends, and takes answers where it sends from, or
 * one that subscribes. The kernel chooses them, or this, in a range, where firewalls are to know
 * them. One for all media drivers of a process; for any threads.
 */
final class ChosenPorts implements PortManager {
  /** System property with the first and the last port, as in 29000-29999; empty: any. */
  static final String RANGE = "headwater.udp-ports";

  private static final Pattern FORM = Pattern.compile("(\\d{1,5})-(\\d{1,5})");

  private static Optional<ChosenPorts> process; // null until asked for

  private final int first;
  private final int last;
  private final BitSet taken = new BitSet(); // by port
  private int next;

  private ChosenPorts(int first, int last) {
    this.first = first;
    this.last = last;
    next = first;
  }

  /**
   * Those that this process was told to use; empty if it may use any.
   *
   * @throws UserException if {@value #RANGE} is no range
   */
  static synchronized Optional<ChosenPorts> ofThisProcess() {
    if (process == null) {
      process = of(System.getProperty(RANGE, ""));
    }
    return process;
  }

  static Optional<ChosenPorts> of(String range) {
    if (range.isEmpty()) {
      return Optional.empty();
    }
    Matcher ports = FORM.matcher(range);
    if (ports.matches()) {
      int first = Integer.parseInt(ports.group(1));
      int last = Integer.parseInt(ports.group(2));
      if (first >= 1024 && first <= last && last <= 65535) {
        return Optional.of(new ChosenPorts(first, last));
      }
    }
    throw new UserException(
        "Cannot use " + RANGE + ": " + range + ": must be two ports from 1024 up, as 29000-29999");
  }

  @Override
  public synchronized InetSocketAddress getManagedPort(UdpChannel channel, InetSocketAddress wanted)
      throws BindException {
    if (wanted.getPort() != 0) {
      return wanted;
    }
    for (int tried = first; tried <= last; tried++) {
      int port = next;
      next = port == last ? first : port + 1;
      if (!taken.get(port)) {
        taken.set(port);
        return new InetSocketAddress(wanted.getAddress(), port);
      }
    }
    throw new BindException("none of the UDP ports " + first + " to " + last + " is left");
  }

  @Override
  public synchronized void freeManagedPort(InetSocketAddress address) {
    taken.clear(address.getPort());
  }
}
