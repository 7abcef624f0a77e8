package io.headwater.ps.testing;

import io.headwater.ps.coordinator.RunControl;
import io.headwater.ps.optimizer.OptimizerConfig;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.RunSpecification.Training;
import io.headwater.ps.protocol.ShardEndpoint;
import java.nio.file.Path;
import java.util.List;

/**
 * A driver with two workers in a process of its own: {@code host port output places...}, the first
 * two those of its coordinator. Says how the run ended and the digest of each worker's weights.
 */
public final class RunProcess {
  public static final int STEPS = 30;
  public static final Training TRAINING =
      ToyRun.training(STEPS, 4, OptimizerConfig.adamW().withGradientClip(0.5f));
  private static final int WORKERS = 2;

  private RunProcess() {}

  public static void main(String[] arguments) throws Exception {
    CoordinatorEndpoint at = CoordinatorEndpoint.udp(arguments[0], Integer.parseInt(arguments[1]));
    Path output = Path.of(arguments[2]);
    List<ShardEndpoint> shards = Places.parse(arguments, 3);
    RecordedEvents events = new RecordedEvents();
    try (ToyRun run = new ToyRun(shards, at)) {
      RunSpecification usual =
          run.specification(WORKERS, TRAINING, ToyModel.writeInitial(output), output, 0);
      RunControl control = run.open(usual, events);
      for (float[] weights : run.runWorkers(WORKERS)) {
        System.out.println(ToyModel.digest(weights));
      }
      System.out.println(events.awaitEnd());
      control.close();
    }
    System.exit(0); // threads of workers may linger
  }
}
