package io.headwater.driver.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.model.ModelFamily;
import io.headwater.model.Objective;
import io.headwater.ps.optimizer.OptimizerConfig.Kind;
import io.headwater.ps.protocol.ShardEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunConfigReaderTest {
  private static final String MINIMAL =
      """
      corpus: corpus
      output: runs/first
      model:
        preset: gpt-nano
      """;

  private static final String ALL_KEYS =
      """
      corpus: hdfs://name/corpus
      output: hdfs://name/runs/all
      run:
        id: all-keys
        directory: /tmp/all
      model:
        preset: gpt-mini
        objective: causal-lm
        dropout: 0.1
        from: hdfs://name/gpt
      training:
        steps: 1_000
        batch-size: 24
        micro-batches: 6
        workers: 3
        seed: 7
        optimizer: sgd
        learning-rate: 0.5
        min-learning-rate: 0.25
        warmup-steps: 5
        decay-steps: 900
        weight-decay: 0.2
        beta1: 0.8
        beta2: 0.9
        epsilon: 1e-6
        gradient-clip: 2
        guard: 8
        log-every: 3
        evaluate-every-steps: 40
        evaluate-sequences: 64
        threads-per-worker: 2
        device: cuda:1
        precision: bf16
        activations: recompute
      checkpoint:
        every-steps: 50
        keep: 9
      consistency:
        mode: local-sgd
        local-steps: 20
        staleness: 7
        outer-learning-rate: 0.5
        outer-momentum: 0.8
      parameter-server:
        shards: 2
        host: driver
        coordinator-port: 4990
        port: 5000
        endpoints: [one:4000+three:4000, two:4010]
        mtu: 8960
        push-codec: top-k
        push-top-k: 0.05
        pull-codec: bf16
        lease: 3s
        start-timeout: 1m
        step-timeout: 500ms
        snapshot-timeout: 2h
      security:
        secret-file: /etc/headwater/secret
        secret-environment: ''
        frames: authenticate
      metrics:
        port: 9404
        address: 127.0.0.1
        worker-port: 9405
        peak-flops: 3.12e14
      spark:
        master: spark://host:7077
      """;

  @TempDir Path folder;

  @Test
  void takesDefaultsFromThePreset() throws IOException {
    RunConfig config = read(MINIMAL);

    assertThat(config.run().id()).isEqualTo("first");
    assertThat(config.run().directory()).isEqualTo("runs/first");
    assertThat(config.training())
        .isEqualTo(
            new TrainingSection(
                2000, 12, 1, 1, 1, "adamw", 1e-3, 1e-4, 100, 2000, 0.1, 0.9, 0.99, 1e-8, 1, 0, 10,
                0, 256, 1, "cpu", "fp32", "keep"));
    assertThat(config.consistency()).isEqualTo(new ConsistencySection("bsp", 4, 50, 0.7, 0.9));
    assertThat(config.checkpoint()).isEqualTo(new CheckpointSection(500, 3));
    assertThat(config.parameterServer())
        .isEqualTo(
            new ParameterServerSection(
                1,
                "",
                0,
                40400,
                List.of(),
                0,
                "fp32",
                0.01,
                "fp32",
                Duration.ofSeconds(4),
                Duration.ofMinutes(2),
                Duration.ofMinutes(15),
                Duration.ofMinutes(30)));
    assertThat(config.security()).isEqualTo(new SecuritySection("", "", "none"));
    assertThat(config.metrics()).isEqualTo(new MetricsSection(0, "", 0, 0));
    assertThat(config.spark()).isEqualTo(new SparkSection(""));
  }

  @Test
  void aGivenModelHasTheObjectiveOfItsCheckpointAndThePresetOfTheNearestSize() throws IOException {
    ModelFamily family = ModelFamily.ofPreset("bert-tiny");
    ObjectNode config = family.config("bert-mini", Objective.WHOLE_WORD_MASKED_LM, 4000);
    Files.writeString(folder.resolve("config.json"), config.put("num_hidden_layers", 3).toString());
    ModelSection model =
        RunConfigReader.read(
                Optional.empty(),
                List.of(),
                Map.of("model.from", folder.toString(), "corpus", "corpus", "output", "run"))
            .model();
    assertThat(model.preset()).isEqualTo("bert-mini");
    assertThat(model.objective()).isEqualTo("whole-word-masked-lm");
    assertThat(model.json(77)).isEqualTo(config);
  }

  @Test
  void aGivenModelOfAnotherFamilyThanThePresetIsRefused() throws IOException {
    ObjectNode config = ModelFamily.ofPreset("t5-tiny").config("t5-tiny", 400);
    Files.writeString(folder.resolve("config.json"), config.toString());
    ModelSection model = new ModelSection("gpt-nano", "causal-lm", "", folder.toString());
    assertThatThrownBy(() -> model.json(400))
        .isInstanceOf(UserException.class)
        .hasMessage("Cannot begin with " + folder + ": it is a t5, model.preset is gpt-nano");
  }

  @Test
  void aRateOfDropoutIsThatOfTheWholeNetwork() {
    ModelSection gpt = new ModelSection("gpt-nano", "causal-lm", "0.2", "");
    assertThat(gpt.json(65).get("attn_pdrop").asDouble()).isEqualTo(0.2);
    ModelSection bert = new ModelSection("bert-tiny", "masked-lm", "0", "");
    assertThat(bert.json(65).get("hidden_dropout_prob").asDouble()).isZero();
    assertThatThrownBy(() -> new ModelSection("gpt-nano", "causal-lm", "1.5", ""))
        .isInstanceOf(UserException.class)
        .hasMessage("Cannot use model.dropout: 1.5 (must be a number in [0, 1))");
  }

  @Test
  void readsEveryKey() throws IOException {
    RunConfig config = read(ALL_KEYS);

    assertThat(config)
        .isEqualTo(
            new RunConfig(
                new RunSection("all-keys", "/tmp/all"),
                new ModelSection("gpt-mini", "causal-lm", "0.1", "hdfs://name/gpt"),
                "hdfs://name/corpus",
                "hdfs://name/runs/all",
                new TrainingSection(
                    1000,
                    24,
                    6,
                    3,
                    7,
                    "sgd",
                    0.5,
                    0.25,
                    5,
                    900,
                    0.2,
                    0.8,
                    0.9,
                    1e-6,
                    2,
                    8,
                    3,
                    40,
                    64,
                    2,
                    "cuda:1",
                    "bf16",
                    "recompute"),
                new ConsistencySection("local-sgd", 7, 20, 0.5, 0.8),
                new CheckpointSection(50, 9),
                new ParameterServerSection(
                    2,
                    "driver",
                    4990,
                    5000,
                    List.of("one:4000+three:4000", "two:4010"),
                    8960,
                    "top-k",
                    0.05,
                    "bf16",
                    Duration.ofSeconds(3),
                    Duration.ofMinutes(1),
                    Duration.ofMillis(500),
                    Duration.ofHours(2)),
                new SecuritySection("/etc/headwater/secret", "", "authenticate"),
                new MetricsSection(9404, "127.0.0.1", 9405, 3.12e14),
                new SparkSection("spark://host:7077")));
    assertThat(config.training().optimizerConfig().kind()).isEqualTo(Kind.SGD);
    assertThat(config.parameterServer().shardEndpoints())
        .extracting(
            ShardEndpoint::shard, ShardEndpoint::replica, ShardEndpoint::host, ShardEndpoint::mtu)
        .containsExactly(
            tuple(0, 0, "one", 8960), tuple(0, 1, "three", 8960), tuple(1, 0, "two", 8960));
  }

  @Test
  void framesAreEncryptedWhereThereIsASecret() throws IOException {
    assertThat(read(MINIMAL, "security.secret-environment=S").security().frames())
        .isEqualTo("encrypt");
  }

  @Test
  void refusesProtectionWithoutASecretAndASecretWithoutProtection() {
    assertThatThrownBy(() -> read(MINIMAL, "security.frames=encrypt"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Cannot use security.frames encrypt: there is no secret");
    assertThatThrownBy(
            () -> read(MINIMAL, "security.frames=none", "security.secret-file=/etc/secret"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Cannot use security.frames none: a secret is given");
    assertThatThrownBy(() -> read(MINIMAL, "security.frames=maybe"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("must be one of none, authenticate, encrypt");
  }

  @Test
  void theFileOfAllKeysHasThemAll() {
    SettingKey.all(RunConfig.class)
        .keySet()
        .forEach(
            key ->
                assertThat(ALL_KEYS)
                    .containsPattern("(?m)^ *" + key.replaceAll("^.*\\.", "") + ":"));
  }

  @Test
  void commandLineBeatsSetAndSetBeatsTheFile() throws IOException {
    Path file = Files.writeString(folder.resolve("run.yaml"), MINIMAL);
    RunConfig config =
        RunConfigReader.read(
            Optional.of(file),
            List.of("training.steps=7", "training.seed=8"),
            Map.of("training.steps", "9"));

    assertThat(config.training().steps()).isEqualTo(9);
    assertThat(config.training().seed()).isEqualTo(8);
  }

  @Test
  void microBatchesDefaultToTheWorkers() throws IOException {
    assertThat(read(MINIMAL, "training.workers=3").training().microBatches()).isEqualTo(3);
  }

  @Test
  void shortRunsHaveAShortWarmUpAndDecay() throws IOException {
    TrainingSection training = read(MINIMAL, "training.steps=20").training();

    assertThat(training.warmupSteps()).isEqualTo(2);
    assertThat(training.decaySteps()).isEqualTo(20);
  }

  @Test
  void endpointsCountAsShards() throws IOException {
    assertThat(read(MINIMAL, "parameter-server.endpoints=a:4000,b:4000").parameterServer().shards())
        .isEqualTo(2);
  }

  @Test
  void keepsTheRecordOfARemoteRunInALocalFolder() throws IOException {
    assertThat(read(MINIMAL, "output=hdfs://name/runs/far").run().directory()).isEqualTo("far");
  }

  @Test
  void refusesAnUnknownKeyNamingLineAndNearest() {
    assertThatThrownBy(() -> read(MINIMAL + "training:\n  learnig-rate: 1\n"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("run.yaml line 6")
        .hasMessageContaining("'training.learnig-rate'")
        .hasMessageContaining("'training.learning-rate'");
  }

  @Test
  void refusesAKeyGivenTwice() {
    assertThatThrownBy(() -> read(MINIMAL + "corpus: other\n"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("corpus");
  }

  @ParameterizedTest
  @ValueSource(strings = {"- a\n- b\n", "just words", "a: [1,\n", "a: {b: 1"})
  void refusesWhatIsNoConfiguration(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("run.yaml");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "training.steps=abc|training.steps: 'abc' in --set (must be a whole number)",
        "training.steps=0|training.steps: 0 (must be >= 1)",
        "training.learning-rate=fast|training.learning-rate: 'fast' in --set (must be a number)",
        "training.learning-rate=-1|learning rate -1",
        "training.micro-batches=5|5 does not divide training.batch-size 12",
        "training.workers=0|training.workers: 0",
        "training.optimizer=adam|training.optimizer: adam (must be sgd, momentum, nesterov,"
            + " adagrad, adamw or lamb)",
        "training.device=gpu|training.device: gpu (must be cpu or cuda:N)",
        "training.precision=fp16|training.precision: fp16 (must be fp32, bf16 or bf16-anywhere)",
        "training.activations=drop|training.activations: drop (must be keep or recompute)",
        "training.beta1=1|beta1: 1.0",
        "checkpoint.keep=-1|checkpoint.keep: -1",
        "metrics.port=70000|metrics.port: 70000",
        "metrics.worker-port=-1|metrics.worker-port: -1",
        "metrics.peak-flops=-1|metrics.peak-flops: -1.0",
        "model.preset=gpt-huge|gpt-huge",
        "parameter-server.lease=soon|parameter-server.lease: 'soon'",
        "parameter-server.endpoints=nowhere|parameter-server.endpoints: nowhere",
        "parameter-server.endpoints=a:4000+|parameter-server.endpoints",
        "parameter-server.coordinator-port=80|parameter-server.coordinator-port: 80",
        "run.id=a b|run.id: a b",
        "corpus=|corpus is not given"
      })
  void refusesABadValueNamingItsKey(String assignment, String message) {
    assertThatThrownBy(() -> read(MINIMAL, assignment))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message)
        .extracting(Throwable::getMessage)
        .asString()
        .hasLineCount(1);
  }

  @Test
  void saysWhatIsMissing() {
    assertThatThrownBy(() -> RunConfigReader.read(Optional.empty(), List.of(), Map.of()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is not given");
  }

  @Test
  void writesItsKeysAsJson() throws IOException {
    var json = read(ALL_KEYS).toJson();

    assertThat(json.at("/training/learning-rate").asDouble()).isEqualTo(0.5);
    assertThat(json.at("/parameter-server/endpoints/1").asText()).isEqualTo("two:4010");
    assertThat(json.at("/parameter-server/step-timeout").asText()).isEqualTo("500ms");
  }

  private RunConfig read(String yaml, String... assignments) throws IOException {
    Path file = Files.writeString(folder.resolve("run.yaml"), yaml);
    return RunConfigReader.read(Optional.of(file), List.of(assignments), Map.of());
  }
}
