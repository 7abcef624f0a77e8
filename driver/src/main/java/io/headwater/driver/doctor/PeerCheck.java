package io.headwater.driver.doctor;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The way to another machine and back, and its clock: {@code headwater doctor --serve} answers. */
final class PeerCheck implements Check {
  private static final int TIMEOUT_MILLIS = 2000;
  private static final int ROUNDS = 20;
  private static final double MOST_SKEW_SECONDS = 1;
  private static final String CLOCK = "clock";

  private final String host;
  private final int port;
  private final int payload; // bytes

  /** {@code payload} is that of the largest datagram that shards and workers send each other. */
  PeerCheck(String host, int port, int payload) {
    this.host = host;
    this.port = port;
    this.payload = payload;
  }

  @Override
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (IOException e) {
      return List.of(
          Finding.problem("peer " + host, "the name is unknown", "see to DNS, or use an address"));
    }
    findings.add(tcp(address));
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(address, port);
      findings.add(udp(socket));
      if (findings.get(1).level() == Finding.Level.OK) {
        findings.add(clock(socket));
      }
    } catch (IOException e) {
      findings.add(Finding.problem("udp to " + name(), e.toString(), advice("UDP")));
    }
    return findings;
  }

  private Finding tcp(InetAddress address) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write(Exchange.question(Exchange.LEAST));
      byte[] answer = new byte[Exchange.LEAST];
      new DataInputStream(socket.getInputStream()).readFully(answer);
      return Finding.required(
          Exchange.isAnswer(answer, answer.length),
          "tcp to " + name(),
          "answered both ways",
          "something else listens there: start headwater doctor --serve " + port);
    } catch (IOException e) {
      return Finding.problem("tcp to " + name(), e.toString(), advice("TCP"));
    }
  }

  /** Both ways: each answer is as long as its question. */
  private Finding udp(DatagramSocket socket) throws IOException {
    int answered = 0;
    for (int round = 0; round < ROUNDS; round++) {
      if (ask(socket, payload) != null) {
        answered++;
      } else if (answered == 0) {
        return ask(socket, Exchange.LEAST) == null
            ? Finding.problem("udp to " + name(), "no answer", advice("UDP"))
            : Finding.problem(
                "udp to " + name(),
                "datagrams of " + payload + " bytes get lost, small ones do not",
                "raise the MTU on the way: overlay networks take some of it");
      }
    }
    return Finding.desired(
        answered == ROUNDS,
        "udp to " + name(),
        answered + " of " + ROUNDS + " datagrams of " + payload + " bytes came back",
        "look for loss on the way: a lost datagram is sent again, each costs time");
  }

  /** By the quickest of some exchanges, in which the answer was written at most half of it away. */
  private Finding clock(DatagramSocket socket) throws IOException {
    double least = Double.POSITIVE_INFINITY; // seconds there and back
    double skew = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long begin = System.currentTimeMillis();
      long nanos = System.nanoTime();
      byte[] answer = ask(socket, Exchange.LEAST);
      double seconds = (System.nanoTime() - nanos) * 1e-9;
      if (answer != null && seconds < least) {
        least = seconds;
        skew = (Exchange.millis(answer) - begin) * 1e-3 - seconds / 2;
      }
    }
    return Finding.desired(
        Math.abs(skew) <= MOST_SKEW_SECONDS,
        CLOCK,
        String.format(
            Locale.ROOT,
            "%s is %+.3f s from here, %.1f ms there and back",
            host,
            skew,
            least * 1e3),
        "keep clocks by NTP: leases do not need it, logs, metrics and certificates do");
  }

  /** Null if no answer came in time. */
  private static byte[] ask(DatagramSocket socket, int length) throws IOException {
    byte[] question = Exchange.question(length);
    socket.send(new DatagramPacket(question, length));
    DatagramPacket packet = new DatagramPacket(new byte[length], length);
    try {
      socket.receive(packet);
    } catch (SocketTimeoutException e) {
      return null;
    }
    return Exchange.isAnswer(packet.getData(), packet.getLength()) && packet.getLength() == length
        ? packet.getData()
        : null;
  }

  private String name() {
    return host + ":" + port;
  }

  private String advice(String protocol) {
    return "start headwater doctor --serve "
        + port
        + " there, and let "
        + protocol
        + " through both ways (firewall, security group, NetworkPolicy)";
  }
}
