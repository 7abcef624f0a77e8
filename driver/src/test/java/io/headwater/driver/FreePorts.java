package io.headwater.driver;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Ports that nothing listens at. */
final class FreePorts {
  private FreePorts() {}

  static int tcp() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** The first of {@code count} UDP ports in a row. */
  static int udp(int count) throws IOException {
    while (true) {
      int first = tcp();
      int free = 0;
      while (free < count && first + free < 65_536 && isFree(first + free)) {
        free++;
      }
      if (free == count) {
        return first;
      }
    }
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
