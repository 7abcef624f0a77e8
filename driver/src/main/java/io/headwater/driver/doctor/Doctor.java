package io.headwater.driver.doctor;

import io.headwater.driver.config.ParameterServerSection;
import io.headwater.driver.plan.SharedMemoryNeed;
import io.headwater.model.Execution;
import io.headwater.ps.protocol.ChunkSize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All checks of a machine. */
public final class Doctor {
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  /** Of Aeron's logs of a driver with a few workers and shards, and of vectors of a small model. */
  private static final long SMALL_RUN = 256L << 20;

  private Doctor() {}

  /** Another machine on which {@code headwater doctor --serve} runs. */
  public record Peer(String host, int port) {}

  /**
   * What to look at.
   *
   * @param run to come, if there is one
   * @param output folder to try, a path or Hadoop URI; that of the run if empty
   * @param peers to exchange datagrams with
   */
  public record Examination(Optional<RunNeeds> run, Optional<String> output, List<Peer> peers) {
    public Examination {
      peers = List.copyOf(peers);
    }
  }

  /** Looks at everything; takes seconds. */
  public static List<Finding> examine(Examination what) {
    Optional<ParameterServerSection> servers = what.run().map(RunNeeds::servers);
    int mtu =
        servers.map(ParameterServerSection::mtu).filter(m -> m > 0).orElse(ChunkSize.ETHERNET_MTU);
    List<Check> checks = new ArrayList<>();
    checks.add(new JavaCheck(System.getenv(), what.run().map(RunNeeds::workersHere).orElse(0)));
    checks.add(new VersionCheck());
    checks.add(
        new SharedMemoryCheck(
            SHARED_MEMORY,
            what.run()
                .map(RunNeeds::sharedMemory)
                .orElse(new SharedMemoryNeed(SMALL_RUN, /* known= */ true))));
    checks.add(new SocketCheck(servers.map(ParameterServerSection::host).orElse(""), mtu));
    checks.add(new PortsCheck(what.run()));
    what.peers().forEach(peer -> checks.add(new PeerCheck(peer.host(), peer.port(), mtu)));
    what.output()
        .or(() -> what.run().map(RunNeeds::output))
        .ifPresent(output -> checks.add(new StorageCheck(output)));
    checks.add(new DeviceCheck(what.run().map(RunNeeds::execution).orElse(Execution.CPU)));
    return checks.stream().flatMap(check -> check.findings().stream()).toList();
  }
}
