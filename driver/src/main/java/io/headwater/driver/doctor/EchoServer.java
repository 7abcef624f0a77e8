package io.headwater.driver.doctor;

import io.headwater.checkpoint.UserException;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers doctors of other machines, over UDP and TCP on one port. */
public final class EchoServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EchoServer.class);
  private static final int MAX_DATAGRAM = 65_507;
  private static final int TIMEOUT_MILLIS = 3000;

  private final DatagramSocket datagrams;
  private final List<Thread> threads = new ArrayList<>();
  private final ServerSocket connections;
  private final Clock clock;

  private EchoServer(DatagramSocket datagrams, ServerSocket connections, Clock clock) {
    this.datagrams = datagrams;
    this.connections = connections;
    this.clock = clock;
  }

  /**
   * Answers from now on.
   *
   * @param port 0 = any free one
   * @throws UserException if the port is in use
   */
  public static EchoServer start(int port) {
    return start(port, Clock.systemUTC());
  }

  static EchoServer start(int port, Clock clock) {
    try {
      ServerSocket connections = new ServerSocket(port);
      try {
        EchoServer server =
            new EchoServer(
                new DatagramSocket(new InetSocketAddress(connections.getLocalPort())),
                connections,
                clock);
        server.run("headwater-doctor-udp", server::answerDatagrams);
        server.run("headwater-doctor-tcp", server::answerConnections);
        return server;
      } catch (IOException e) {
        connections.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UserException(
          "Cannot answer on port " + port + ": " + e.getMessage() + "; choose another", e);
    }
  }

  public int port() {
    return connections.getLocalPort();
  }

  private interface Work {
    void run() throws IOException;
  }

  private void run(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              while (!connections.isClosed()) {
                try {
                  work.run();
                } catch (IOException e) {
                  LOG.debug("{}: {}", name, e.toString());
                }
              }
            },
            name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private void answerDatagrams() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[MAX_DATAGRAM], MAX_DATAGRAM);
    datagrams.receive(packet);
    if (Exchange.isQuestion(packet.getData(), packet.getLength())) {
      byte[] answer = Exchange.answer(packet.getLength(), clock.millis());
      datagrams.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
    }
  }

  private void answerConnections() throws IOException {
    try (Socket connection = connections.accept()) {
      connection.setSoTimeout(TIMEOUT_MILLIS);
      byte[] question = new byte[Exchange.LEAST];
      new DataInputStream(connection.getInputStream()).readFully(question);
      if (Exchange.isQuestion(question, question.length)) {
        OutputStream out = connection.getOutputStream();
        out.write(Exchange.answer(question.length, clock.millis()));
        out.flush();
      }
    }
  }

  @Override
  public void close() {
    datagrams.close();
    try {
      connections.close();
    } catch (IOException e) {
      LOG.debug("closing: {}", e.toString());
    }
    try {
      for (Thread thread : threads) { // one that still waits would answer once more
        thread.join(TIMEOUT_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
