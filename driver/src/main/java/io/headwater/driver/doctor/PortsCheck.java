package io.headwater.driver.doctor;

import io.headwater.checkpoint.UserException;
import io.headwater.driver.config.ParameterServerSection;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.server.ParameterServer;
import io.headwater.ps.transport.UdpPorts;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether this machine talks to itself, and whether the ports of a run can be had. */
final class PortsCheck implements Check {
  private static final int TIMEOUT_MILLIS = 2000;
  private static final Pattern MASTER =
      Pattern.compile("(spark|k8s)://(?:https?://)?([^:/,]+):(\\d+).*");

  private final Optional<RunNeeds> run;

  PortsCheck(Optional<RunNeeds> run) {
    this.run = run;
  }

  @Override
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    findings.add(loopback());
    run.ifPresent(
        needs -> {
          if (needs.metrics().port() != 0) {
            findings.add(tcp("metrics.port", needs.metrics().port()));
          }
          findings.addAll(shards(needs.servers()));
          master(needs.spark().master()).ifPresent(findings::add);
        });
    return findings;
  }

  /** A datagram there and one back. */
  private static Finding loopback() {
    String advice = "see that the loopback interface is up and no filter stands before it";
    try (DatagramSocket here = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        DatagramSocket there = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      send(here, there);
      send(there, here);
      return Finding.ok("udp on this machine", "both ways");
    } catch (IOException e) {
      return Finding.problem("udp on this machine", e.toString(), advice);
    }
  }

  private static void send(DatagramSocket from, DatagramSocket to) throws IOException {
    to.setSoTimeout(TIMEOUT_MILLIS);
    from.send(
        new DatagramPacket(
            new byte[] {1}, 1, new InetSocketAddress(to.getLocalAddress(), to.getLocalPort())));
    to.receive(new DatagramPacket(new byte[1], 1));
  }

  private static Finding tcp(String key, int port) {
    try (ServerSocket socket = new ServerSocket(port)) {
      return Finding.ok(key, "TCP port " + socket.getLocalPort() + " is free");
    } catch (IOException e) {
      return Finding.problem(key, "TCP port " + port + ": " + e.getMessage(), "choose another");
    }
  }

  private static List<Finding> shards(ParameterServerSection servers) {
    List<Finding> findings = new ArrayList<>();
    if (servers.isRemote()) {
      servers.shardEndpoints().forEach(endpoint -> findings.add(name(endpoint)));
    } else if (servers.isNetworked()) {
      servers
          .shardEndpoints()
          .forEach(
              endpoint ->
                  findings.add(
                      free(endpoint.toString(), () -> ParameterServer.checkPorts(endpoint))));
    }
    if (servers.coordinatorPort() != 0 && !servers.host().isEmpty()) {
      findings.add(
          free(
              "coordinator",
              () ->
                  UdpPorts.check(
                      "the coordinator",
                      servers.host(),
                      servers.coordinatorPort(),
                      CoordinatorEndpoint.PORTS)));
    }
    return findings;
  }

  private static Finding free(String what, Runnable check) {
    try {
      check.run();
      return Finding.ok(what, "its UDP ports are free");
    } catch (UserException e) {
      return Finding.problem(what, e.getMessage(), "end who holds them, or choose other ports");
    }
  }

  private static Finding name(ShardEndpoint endpoint) {
    try {
      String address = InetAddress.getByName(endpoint.host()).getHostAddress();
      return Finding.ok(
          endpoint.toString(), address + "; headwater doctor --peer tries the way there");
    } catch (UnknownHostException e) {
      return Finding.problem(
          endpoint.toString(),
          "the name " + endpoint.host() + " is unknown",
          "see to DNS (a headless Service needs publishNotReadyAddresses)");
    }
  }

  private static Optional<Finding> master(String master) {
    Matcher matcher = MASTER.matcher(master);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String host = matcher.group(2);
    int port = Integer.parseInt(matcher.group(3));
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
      return Optional.of(Finding.ok("spark master", master + " listens"));
    } catch (IOException e) {
      return Optional.of(
          Finding.problem(
              "spark master",
              master + ": " + e.getMessage(),
              "see that it runs, and that its port is let through"));
    }
  }
}
