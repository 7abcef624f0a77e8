package io.headwater.ps.testing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Two network namespaces of this machine with a cable between them, each of which loses the same
 * share of the packets that arrive. Only for root.
 */
public final class NetworkNamespaces implements AutoCloseable {
  private static final int MTU = 1500;

  private final String name = "hw" + ProcessHandle.current().pid();

  private NetworkNamespaces() {}

  /** Whether this user may make any, and tools for it are there. */
  public static boolean areAllowed() {
    String probe = "hwprobe" + ProcessHandle.current().pid();
    boolean allowed =
        succeeds("ip", "netns", "add", probe)
            && succeeds(
                "ip",
                "netns",
                "exec",
                probe,
                "iptables",
                "-A",
                "INPUT",
                "-m",
                "statistic",
                "--mode",
                "random",
                "--probability",
                "0.5",
                "-j",
                "DROP");
    succeeds("ip", "netns", "del", probe);
    return allowed;
  }

  /**
   * @param loss share of packets that each side loses, from 0 to 1
   */
  public static NetworkNamespaces withLoss(double loss) {
    NetworkNamespaces pair = new NetworkNamespaces();
    try {
      pair.make(loss);
      return pair;
    } catch (RuntimeException e) {
      pair.close();
      throw e;
    }
  }

  private void make(double loss) {
    run("ip", "netns", "add", namespace(0));
    run("ip", "netns", "add", namespace(1));
    run("ip", "link", "add", cable(0), "type", "veth", "peer", "name", cable(1));
    for (int side = 0; side < 2; side++) {
      run("ip", "link", "set", cable(side), "netns", namespace(side));
      in(side, "ip", "addr", "add", address(side) + "/24", "dev", cable(side));
      in(side, "ip", "link", "set", cable(side), "mtu", Integer.toString(MTU), "up");
      in(side, "ip", "link", "set", "lo", "up");
      in(
          side,
          "iptables",
          "-A",
          "INPUT",
          "-i",
          cable(side),
          "-m",
          "statistic",
          "--mode",
          "random",
          "--probability",
          String.format(Locale.ROOT, "%.4f", loss),
          "-j",
          "DROP");
    }
  }

  /** Address of side 0 or 1. */
  public String address(int side) {
    return "10.231.73." + (1 + side);
  }

  /** What to put before a command so that it runs at side 0 or 1. */
  public List<String> prefix(int side) {
    return List.of("ip", "netns", "exec", namespace(side));
  }

  /** Packets that side 0 or 1 has lost. */
  public long lost(int side) {
    List<String> command = new ArrayList<>(prefix(side));
    command.addAll(List.of("iptables", "-L", "INPUT", "-v", "-n", "-x"));
    return output(command)
        .lines()
        .filter(line -> line.contains("DROP") && line.contains("statistic"))
        .mapToLong(line -> Long.parseLong(line.strip().split("\\s+")[0]))
        .sum();
  }

  private String namespace(int side) {
    return name + "-" + side;
  }

  private String cable(int side) {
    return name + "v" + side;
  }

  private void in(int side, String... command) {
    List<String> whole = new ArrayList<>(prefix(side));
    whole.addAll(List.of(command));
    run(whole.toArray(String[]::new));
  }

  private static void run(String... command) {
    output(List.of(command));
  }

  private static String output(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes());
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", command) + ": " + output);
      }
      return output;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(String.join(" ", command), e);
    }
  }

  private static boolean succeeds(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false; // the program is not there
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    for (int side = 0; side < 2; side++) {
      succeeds("ip", "netns", "del", namespace(side));
    }
  }
}
