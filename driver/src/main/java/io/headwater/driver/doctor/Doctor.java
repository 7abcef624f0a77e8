package io.headwater.driver.doctor;

import io.headwater.driver.config.ParameterServerSection;
import io.headwater.driver.config.RunConfig;
import io.headwater.driver.spark.SparkApplication;
import io.headwater.model.Execution;
import io.headwater.ps.protocol.ChunkSize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All checks of a machine. */
public final class Doctor {
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  /** Aeron's logs of a driver with a few workers and shards; their vectors come on top. */
  private static final long AERON_LOGS = 256L << 20;

  private Doctor() {}

  /** Another machine on which {@code headwater doctor --serve} runs. */
  public record Peer(String host, int port) {}

  /**
   * What to look at.
   *
   * @param config of the run to come, if there is one
   * @param output folder to try, a path or Hadoop URI; that of the configuration if empty
   * @param peers to exchange datagrams with
   */
  public record Examination(Optional<RunConfig> config, Optional<String> output, List<Peer> peers) {
    public Examination {
      peers = List.copyOf(peers);
    }
  }

  /** Looks at everything; takes seconds. */
  public static List<Finding> examine(Examination what) {
    Optional<ParameterServerSection> servers = what.config().map(RunConfig::parameterServer);
    int mtu =
        servers.map(ParameterServerSection::mtu).filter(m -> m > 0).orElse(ChunkSize.ETHERNET_MTU);
    List<Check> checks = new ArrayList<>();
    checks.add(new JavaCheck(System.getenv(), what.config().map(Doctor::workersHere).orElse(0)));
    checks.add(new VersionCheck());
    checks.add(new SharedMemoryCheck(SHARED_MEMORY, AERON_LOGS));
    checks.add(new SocketCheck(servers.map(ParameterServerSection::host).orElse(""), mtu));
    checks.add(new PortsCheck(what.config()));
    what.peers().forEach(peer -> checks.add(new PeerCheck(peer.host(), peer.port(), mtu)));
    what.output()
        .or(() -> what.config().map(RunConfig::output))
        .ifPresent(output -> checks.add(new StorageCheck(output)));
    checks.add(
        new DeviceCheck(
            what.config().map(run -> run.training().execution()).orElse(Execution.CPU)));
    return checks.stream().flatMap(check -> check.findings().stream()).toList();
  }

  private static int workersHere(RunConfig run) {
    return SparkApplication.isLocal(SparkApplication.master(run.spark().master()))
        ? run.training().workers()
        : 0;
  }
}
