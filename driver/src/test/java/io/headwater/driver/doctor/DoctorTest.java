package io.headwater.driver.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.headwater.driver.config.EmbeddingConfigReader;
import io.headwater.driver.config.RunConfig;
import io.headwater.driver.config.RunConfigReader;
import io.headwater.driver.doctor.Finding.Level;
import io.headwater.driver.plan.SharedMemoryNeed;
import io.headwater.model.Execution;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
  private static final int PAYLOAD = 1408;

  @TempDir Path folder;

  @Test
  void findsThisMachineFitForARun() {
    Path output = folder.resolve("run");

    List<Finding> findings =
        Doctor.examine(
            new Doctor.Examination(
                Optional.of(RunNeeds.of(config())), Optional.of(output.toString()), List.of()));

    assertThat(findings).noneMatch(finding -> finding.level() == Level.PROBLEM);
    assertThat(findings)
        .extracting(Finding::check)
        .contains(
            "java",
            "java flags",
            "memory",
            "spark",
            "hadoop",
            "shared memory",
            "socket buffers",
            "mtu",
            "udp on this machine",
            "storage",
            "clock of storage",
            "gpu",
            "device");
    assertThat(output).as("what was tried is gone").doesNotExist();
    assertThat(findings)
        .filteredOn(finding -> finding.level() != Level.OK)
        .allSatisfy(finding -> assertThat(finding.advice()).isNotEmpty());
  }

  @Test
  void aFolderThatCannotBeWrittenIsAProblem() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");

    assertThat(new StorageCheck(file.resolve("run").toString()).findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.level()).isEqualTo(Level.PROBLEM))
        .satisfies(finding -> assertThat(finding.advice()).isNotEmpty());
  }

  @Test
  void theFolderOfARunThatIsThereStaysAsItWas() throws IOException {
    Files.writeString(folder.resolve("run.json"), "{}");

    assertThat(new StorageCheck(folder.toString()).findings())
        .allMatch(finding -> finding.level() == Level.OK);
    assertThat(folder).isDirectoryContaining(path -> path.endsWith("run.json"));
    assertThat(folder.toFile().list()).hasSize(1);
  }

  @Test
  void aPeerAnswersBothWaysAndTellsItsTime() {
    try (EchoServer peer = EchoServer.start(0)) {
      List<Finding> findings = new PeerCheck("127.0.0.1", peer.port(), PAYLOAD).findings();

      assertThat(findings).hasSize(3).allMatch(finding -> finding.level() == Level.OK);
      assertThat(findings.get(1).found()).contains("20 of 20 datagrams of 1408 bytes");
      assertThat(findings.get(2).found()).contains("s from here");
    }
  }

  @Test
  void aPeerWhoseClockIsWrongIsAWarning() {
    try (EchoServer peer =
        EchoServer.start(0, Clock.offset(Clock.systemUTC(), Duration.ofSeconds(-7)))) {
      Finding clock = new PeerCheck("127.0.0.1", peer.port(), PAYLOAD).findings().get(2);

      assertThat(clock.level()).isEqualTo(Level.WARNING);
      assertThat(clock.found()).matches("127.0.0.1 is -(6.9|7.0)\\d\\d s from here.*");
      assertThat(clock.advice()).contains("NTP");
    }
  }

  @Test
  void anotherLineOfSparkOrHadoopIsAProblem() {
    List<Finding> findings = new VersionCheck("3.5.6", "3.4.9").findings();

    assertThat(findings.get(0).level()).isEqualTo(Level.PROBLEM);
    assertThat(findings.get(0).found()).isEqualTo("3.5.6; supported: 4.1.x");
    assertThat(findings.get(0).advice()).startsWith("run with spark 4.1.");
    assertThat(findings.get(1).level()).as("another release of the line").isEqualTo(Level.OK);
  }

  @Test
  void smallSocketBuffersAreAWarningThatSaysWhatToSet() {
    Finding small = SocketCheck.granted(425_984, 4 << 20);

    assertThat(small.level()).isEqualTo(Level.WARNING);
    assertThat(small.found())
        .isEqualTo("granted 425,984 bytes to receive and 4,194,304 to send of 2,097,152");
    assertThat(small.advice()).contains("net.core.rmem_max=4194304 net.core.wmem_max=4194304");
    assertThat(SocketCheck.granted(2 << 20, 2 << 20).level()).isEqualTo(Level.OK);
  }

  @Test
  void anInterfaceThatDatagramsDoNotFitIsAWarning() {
    assertThat(new SocketCheck("127.0.0.1", 1 << 20).findings())
        .filteredOn(finding -> finding.check().equals("mtu"))
        .singleElement()
        .satisfies(finding -> assertThat(finding.level()).isEqualTo(Level.WARNING))
        .satisfies(finding -> assertThat(finding.found()).contains("; datagrams have 1048604"));
  }

  @Test
  void aMasterThatDoesNotAnswerIsAProblem() throws IOException {
    String master;
    try (ServerSocket gone = new ServerSocket(0)) {
      master = "spark://127.0.0.1:" + gone.getLocalPort();
    }
    assertThat(
            new PortsCheck(Optional.of(RunNeeds.of(config("spark.master=" + master)))).findings())
        .anySatisfy(
            finding -> {
              assertThat(finding.check()).isEqualTo("spark master");
              assertThat(finding.level()).isEqualTo(Level.PROBLEM);
              assertThat(finding.found()).startsWith(master);
            });
  }

  @Test
  void aRunOfWordVectorsIsLookedAtToo() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      RunNeeds needs =
          RunNeeds.of(
              EmbeddingConfigReader.read(
                  Optional.empty(),
                  List.of("metrics.port=" + taken.getLocalPort(), "training.workers=2"),
                  Map.of("model.preset", "word2vec", "corpus", "text.txt", "output", "vectors")));

      assertThat(needs.workersHere()).isEqualTo(2);
      assertThat(needs.sharedMemory().bytes()).as("logs of Aeron").isEqualTo(128L << 20);
      assertThat(new PortsCheck(Optional.of(needs)).findings())
          .anyMatch(finding -> finding.level() == Level.PROBLEM);
    }
  }

  @Test
  void aPeerThatIsNotThereIsAProblemForUdpAndTcp() {
    int port;
    try (EchoServer gone = EchoServer.start(0)) {
      port = gone.port();
    }
    assertThat(new PeerCheck("127.0.0.1", port, PAYLOAD).findings())
        .hasSize(2)
        .allSatisfy(finding -> assertThat(finding.level()).isEqualTo(Level.PROBLEM))
        .allSatisfy(finding -> assertThat(finding.advice()).contains("--serve " + port));
  }

  @Test
  void aMetricsPortInUseIsAProblem() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      RunConfig config = config("metrics.port=" + taken.getLocalPort());

      assertThat(new PortsCheck(Optional.of(RunNeeds.of(config))).findings())
          .anySatisfy(
              finding -> {
                assertThat(finding.check()).isEqualTo("metrics.port");
                assertThat(finding.level()).isEqualTo(Level.PROBLEM);
              });
    }
  }

  @Test
  void aShardWhoseNameNobodyKnowsIsAProblem() {
    RunConfig config = config("parameter-server.endpoints=no-such-host.invalid:4000");

    assertThat(new PortsCheck(Optional.of(RunNeeds.of(config))).findings())
        .anySatisfy(
            finding -> {
              assertThat(finding.found()).contains("no-such-host.invalid is unknown");
              assertThat(finding.level()).isEqualTo(Level.PROBLEM);
            });
  }

  @Test
  void sharedMemoryThatIsTooSmallIsAProblem() {
    assertThat(new SharedMemoryCheck(folder, new SharedMemoryNeed(Long.MAX_VALUE, true)).findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.level()).isEqualTo(Level.PROBLEM))
        .satisfies(finding -> assertThat(finding.advice()).contains("SIGBUS"));
  }

  @Test
  void aGraphicsCardThatIsNotThereIsAProblemWhereItIsAskedFor() {
    assumeFalse(Files.exists(Path.of("/dev/nvidia0")), "this machine has a graphics card");

    assertThat(new DeviceCheck(new Execution("cuda:0", 1)).findings())
        .hasSize(2)
        .allMatch(finding -> finding.level() == Level.PROBLEM);
    assertThat(new DeviceCheck(Execution.CPU).findings())
        .allMatch(finding -> finding.level() == Level.OK);
  }

  private static RunConfig config(String... assignments) {
    return RunConfigReader.read(
        Optional.empty(),
        List.of(assignments),
        Map.of("model.preset", "gpt-nano", "corpus", "corpus", "output", "run"));
  }
}
