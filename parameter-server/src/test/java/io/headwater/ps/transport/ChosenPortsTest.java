package io.headwater.ps.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aeron.Aeron;
import io.aeron.ConcurrentPublication;
import io.aeron.Subscription;
import io.headwater.checkpoint.UserException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChosenPortsTest {
  private static final InetSocketAddress ANY = new InetSocketAddress("127.0.0.1", 0);

  /** Of a caller: who pushes to a shard, and who subscribes to its weights. */
  @Test
  void socketsOfAMediaDriverHaveNoOtherPorts() throws Exception {
    int shard = UdpPorts.free("the test", "127.0.0.1", 8);
    int first = shard + 3;
    ChosenPorts ports = ChosenPorts.of(first + "-" + (first + 4)).orElseThrow();
    Set<Integer> before = portsOfThisProcess();
    try (EmbeddedDriver driver = EmbeddedDriver.launch(null, ports);
        Aeron aeron = Routes.connect(driver.directory());
        ConcurrentPublication push =
            aeron.addPublication("aeron:udp?endpoint=127.0.0.1:" + shard, 1);
        ConcurrentPublication other =
            aeron.addPublication("aeron:udp?endpoint=127.0.0.1:" + (shard + 1), 1);
        Subscription weights =
            aeron.addSubscription(Channels.receive("127.0.0.1:" + (shard + 2)), 2)) {
      assertThat(push.isClosed() || other.isClosed() || weights.isClosed()).isFalse();
      Set<Integer> taken = portsOfThisProcess();
      taken.removeAll(before);
      assertThat(taken).hasSize(3).allSatisfy(port -> assertThat(port).isBetween(first, first + 4));
    }
  }

  @Test
  void aPortIsGivenOnceUntilItIsFreeAgain() throws Exception {
    ChosenPorts ports = ChosenPorts.of("29000-29001").orElseThrow();
    InetSocketAddress one = ports.getManagedPort(null, ANY);
    assertThat(one.getPort()).isEqualTo(29000);
    assertThat(ports.getManagedPort(null, ANY).getPort()).isEqualTo(29001);
    assertThatThrownBy(() -> ports.getManagedPort(null, ANY))
        .isInstanceOf(BindException.class)
        .hasMessageContaining("29000 to 29001");
    ports.freeManagedPort(one);
    assertThat(ports.getManagedPort(null, ANY)).isEqualTo(one);
    InetSocketAddress wanted = new InetSocketAddress("127.0.0.1", 40400);
    assertThat(ports.getManagedPort(null, wanted)).isEqualTo(wanted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"29000", "29001-29000", "80-90", "29000-70000", "a-b", "-1-5"})
  void refusesWhatIsNoRange(String range) {
    assertThatThrownBy(() -> ChosenPorts.of(range))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("headwater.udp-ports: " + range);
  }

  /** Local UDP ports, by the sockets that the process has open. */
  private static Set<Integer> portsOfThisProcess() throws IOException {
    Set<String> sockets = new HashSet<>();
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      for (Path file : files.toList()) {
        if (Files.isSymbolicLink(file)) {
          sockets.add(Files.readSymbolicLink(file).toString());
        }
      }
    }
    List<String> lines = new ArrayList<>();
    for (String table : List.of("udp", "udp6")) {
      lines.addAll(Files.readAllLines(Path.of("/proc/self/net", table)));
    }
    Set<Integer> ports = new HashSet<>();
    for (String line : lines) {
      String[] fields = line.strip().split(" +"); // sl, local address, ..., inode in column 9
      if (fields.length > 9 && sockets.contains("socket:[" + fields[9] + "]")) {
        ports.add(Integer.parseInt(fields[1].substring(fields[1].indexOf(':') + 1), 16));
      }
    }
    return ports;
  }
}
