package io.headwater.ps.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.ps.client.WorkerClientConfig;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.protocol.ParameterServerException;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.server.ParameterServer;
import io.headwater.ps.server.ParameterServerConfig;
import io.headwater.ps.testing.RecordedEvents;
import io.headwater.ps.testing.ToyModel;
import io.headwater.ps.testing.ToyRun;
import io.headwater.ps.transport.LocalDrivers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients and shards of one process, over shared memory and UDP. */
@Timeout(120)
class SparseClientTest {
  private static final int COLUMNS = 10;

  @TempDir Path output;

  private static SparseTableConfig config(String name, int columns, RowOptimizer optimizer) {
    return new SparseTableConfig(name, columns, 3, RowInitializer.uniform(1), optimizer, 1_000_000);
  }

  private void open(ToyRun run, int workers) {
    run.open(
        run.specification(
            workers,
            ToyRun.training(1, workers, OptimizerConfig.sgd()),
            ToyModel.writeInitial(output),
            output,
            0),
        new RecordedEvents());
  }

  private static void push(SparseTableClient table, long[] ids, int salt) {
    table.push(ids, gradients(ids, table.config().columns(), salt), ids.length, 0.1f);
  }

  private static float[] gradients(long[] ids, int columns, int salt) {
    float[] gradients = new float[ids.length * columns];
    Random random = new Random(salt);
    for (int i = 0; i < gradients.length; i++) {
      gradients[i] = random.nextFloat() - 0.5f;
    }
    return gradients;
  }

  private static float[] pull(SparseTableClient table, long... ids) {
    float[] rows = new float[ids.length * table.config().columns()];
    table.pull(ids, ids.length, rows);
    return rows;
  }

  private static long[] ids(int count, int salt) {
    Random random = new Random(salt);
    return LongStream.generate(() -> random.nextInt(3_000) - 1_500).limit(count).toArray();
  }

  /** One worker's pushes and pulls give the bits of a table in memory. */
  private void agreesWithATableInMemory(ToyRun run, int shards) {
    SparseTableConfig words = config("words", COLUMNS, RowOptimizer.adam());
    SparseTableConfig contexts = config("contexts", 3, RowOptimizer.sgd());
    try (SparseClient client = SparseClient.connect(run.worker(0, 1));
        SparseTable localWords = new SparseTable(words);
        SparseTable localContexts = new SparseTable(contexts)) {
      SparseTableClient remoteWords = client.open(words);
      SparseTableClient remoteContexts = client.open(contexts);
      assertThat(client.lanes()).hasSize(shards);
      for (int round = 0; round < 30; round++) {
        long[] ids = ids(round == 7 ? 30_000 : 1 + 40 * round, round);
        push(remoteWords, ids, round);
        localWords.push(ids.clone(), gradients(ids, COLUMNS, round), ids.length, 0.1f);
        push(remoteContexts, ids, round);
        localContexts.push(ids.clone(), gradients(ids, 3, round), ids.length, 0.1f);
        long[] asked = ids(500, -round);
        float[] expected = new float[asked.length * COLUMNS];
        localWords.pull(asked, asked.length, expected);
        assertThat(pull(remoteWords, asked)).isEqualTo(expected);
      }
      long[] all = LongStream.range(-1_500, 1_500).toArray();
      float[] expected = new float[all.length * 3];
      localContexts.pull(all, all.length, expected);
      assertThat(pull(remoteContexts, all)).isEqualTo(expected);
      assertThat(pull(remoteWords)).isEmpty();
      client.flush();
    }
  }

  @Test
  void tablesOverSharedMemoryHaveTheBitsOfATableInMemory() {
    try (ParameterServer server = ParameterServer.startEmbedded(2);
        ToyRun run = new ToyRun(server.endpoints())) {
      open(run, 1);
      agreesWithATableInMemory(run, 2);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {ChunkSize.LOOPBACK_MTU, ChunkSize.ETHERNET_MTU})
  void tablesOverUdpHaveTheBitsOfATableInMemory(int mtu) {
    int port = ToyRun.freePorts(2 * ShardEndpoint.PORTS);
    List<ShardEndpoint> endpoints =
        List.of(
            new ShardEndpoint(0, 0, "127.0.0.1", port, mtu, ""),
            new ShardEndpoint(1, 0, "127.0.0.1", port + ShardEndpoint.PORTS, mtu, ""));
    try (ParameterServer server =
            ParameterServer.start(new ParameterServerConfig(endpoints, endpoints));
        ToyRun near = new ToyRun(server.endpoints());
        ToyRun far = near.reaching(endpoints)) {
      open(near, 1);
      endpoints.forEach(
          place -> LocalDrivers.withdraw(place.port())); // as if they were on another host
      agreesWithATableInMemory(far, 2);
    }
  }

  @Test
  void twoWorkersShareATable() throws Exception {
    SparseTableConfig counts =
        new SparseTableConfig("counts", 4, 0, RowInitializer.zero(), RowOptimizer.sgd(), 1_000_000);
    try (ParameterServer server = ParameterServer.startEmbedded(3);
        ToyRun run = new ToyRun(server.endpoints())) {
      open(run, 2);
      Future<?> first = run.start(() -> count(run.worker(0, 1), counts));
      Future<?> second = run.start(() -> count(run.worker(1, 1), counts));
      first.get(60, TimeUnit.SECONDS);
      second.get(60, TimeUnit.SECONDS);
      try (SparseClient client = SparseClient.connect(run.worker(0, 2))) {
        float[] rows = pull(client.open(counts), LongStream.range(0, 5_000).toArray());
        assertThat(rows).containsOnly(200f);
      }
    }
  }

  private static boolean count(WorkerClientConfig worker, SparseTableConfig config) {
    long[] ids = LongStream.range(0, 5_000).toArray();
    float[] ones = new float[ids.length * config.columns()];
    Arrays.fill(ones, 1);
    try (SparseClient client = SparseClient.connect(worker)) {
      SparseTableClient table = client.open(config);
      for (int i = 0; i < 100; i++) {
        table.push(ids, ones, ids.length, -1);
      }
      client.flush();
    }
    return true;
  }

  @Test
  void aLaterStartOfAWorkerFencesTheEarlierOne() {
    SparseTableConfig config = config("words", COLUMNS, RowOptimizer.sgd());
    try (ParameterServer server = ParameterServer.startEmbedded(1);
        ToyRun run = new ToyRun(server.endpoints())) {
      open(run, 1);
      WorkerClientConfig patient = run.worker(0, 1);
      WorkerClientConfig impatient =
          new WorkerClientConfig(
              patient.runId(),
              0,
              1,
              patient.coordinator(),
              patient.endpoints(),
              Duration.ofSeconds(20),
              Duration.ofSeconds(1));
      try (SparseClient stale = SparseClient.connect(impatient);
          SparseClient fresh = SparseClient.connect(run.worker(0, 2))) {
        SparseTableClient old = stale.open(config);
        push(old, new long[] {1, 2}, 1);
        stale.flush();
        SparseTableClient current = fresh.open(config);
        float[] before = pull(current, 1, 2);
        push(old, new long[] {1, 2}, 2);
        assertThatThrownBy(stale::flush)
            .isInstanceOf(ParameterServerException.class)
            .hasMessageContaining("shard 0")
            .hasMessageContaining("1 pushes to be acknowledged")
            .hasMessageContaining("was not heard for 1.0 s");
        assertThat(pull(current, 1, 2)).isEqualTo(before);
      }
    }
  }

  @Test
  void whatAShardRefusesIsSaidWithItsName() {
    try (ParameterServer server = ParameterServer.startEmbedded(1);
        ToyRun run = new ToyRun(server.endpoints())) {
      open(run, 3);
      SparseTableConfig small =
          new SparseTableConfig("small", 2, 0, RowInitializer.zero(), RowOptimizer.sgd(), 5);
      try (SparseClient client = SparseClient.connect(run.worker(0, 1))) {
        SparseTableClient table = client.open(small);
        table.push(new long[] {1}, new float[] {Float.NaN, 1}, 1, 1);
        assertThatThrownBy(client::flush)
            .isInstanceOf(ParameterServerException.class)
            .hasMessageContaining("shard 0")
            .hasMessageContaining("infinite or NaN");
      }
      try (SparseClient client = SparseClient.connect(run.worker(1, 1))) {
        SparseTableClient table = client.open(small);
        assertThatThrownBy(() -> pull(table, 1, 2, 3, 4, 5, 6))
            .isInstanceOf(ParameterServerException.class)
            .hasMessageContaining("no room for more rows");
      }
      try (SparseClient client = SparseClient.connect(run.worker(2, 1))) {
        assertThatThrownBy(() -> client.open(config("small", 2, RowOptimizer.adam())))
            .isInstanceOf(ParameterServerException.class)
            .hasMessageContaining("with other settings");
      }
    }
  }
}
