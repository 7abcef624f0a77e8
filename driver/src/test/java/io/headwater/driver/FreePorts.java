package io.headwater.driver;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports that nothing listens at, that this process has given to nobody else, and that the system
 * gives to nobody by itself: what they are for, opens them later.
 */
public final class FreePorts {
  private static final int FIRST = 20_000;
  private static final int PORTS = 12_000; // up to where those begin that the system gives
  private static final AtomicInteger given = new AtomicInteger((int) (Math.random() * PORTS));

  private FreePorts() {}

  public static int tcp() throws IOException {
    while (true) {
      int port = next(1);
      try (ServerSocket socket = new ServerSocket(port)) {
        return socket.getLocalPort();
      } catch (BindException e) {
        continue;
      }
    }
  }

  /** The first of {@code count} UDP ports in a row. */
  public static int udp(int count) throws IOException {
    while (true) {
      int first = next(count);
      int free = 0;
      while (free < count && isFree(first + free)) {
        free++;
      }
      if (free == count) {
        return first;
      }
    }
  }

  private static int next(int count) {
    return FIRST + Math.floorMod(given.getAndAdd(count), PORTS - count);
  }

  private static boolean isFree(int port) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (DatagramSocket socket = new DatagramSocket(address)) {
      return socket.isBound();
    } catch (BindException e) {
      return false;
    }
  }
}
