package io.headwater.ps.sparse;

import io.aeron.Image;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.headwater.ps.protocol.RowFrame;
import io.headwater.ps.protocol.RunSpecification;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.transport.FrameInlet;
import io.headwater.ps.transport.FrameOutlet;
import io.headwater.ps.transport.RowRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;

/**
 * A shard's sparse tables, on the shard's thread: takes row frames in and answers them, for the run
 * that the shard is at.
 */
public final class TableAgent implements Agent, ShardTables {
  private static final int FRAMES_PER_CYCLE = 8;

  /** One transport that the shard serves. */
  private final class Way {
    private final RowRoute route;
    private final FrameInlet inlet;
    private final ControlledFragmentHandler handler =
        (buffer, offset, length, header) -> {
          if (!frame.wrap(buffer, offset, length)) {
            metrics.malformed();
            return ControlledFragmentHandler.Action.CONTINUE;
          }
          if (shard == null) {
            metrics.rejected();
            return ControlledFragmentHandler.Action.CONTINUE;
          }
          Image image = (Image) header.context();
          return shard.onFrame(
              frame, (worker, port) -> answer(worker, image.sourceIdentity(), port));
        };

    Way(RowRoute route) {
      this.route = route;
      inlet = route.listen();
    }

    private FrameOutlet answer(int worker, String source, int port) {
      return route.answer(worker, source, port);
    }
  }

  private final ShardEndpoint endpoint;
  private final int shards;
  private final Executor storage;
  private final List<Way> ways = new ArrayList<>();
  private final RowFrame frame = new RowFrame();
  private final RowMetrics metrics;
  private TableShard shard; // null before the first run

  /**
   * @param routes the shard's own end of each transport that it serves
   * @param storage where checkpoints are read and written
   */
  public TableAgent(ShardEndpoint endpoint, int shards, List<RowRoute> routes, Executor storage) {
    this.endpoint = endpoint;
    this.shards = shards;
    this.storage = storage;
    metrics = new RowMetrics(endpoint.shard());
    routes.forEach(route -> ways.add(new Way(route)));
  }

  @Override
  public String roleName() {
    return "headwater-tables-" + endpoint.shard();
  }

  @Override
  public int doWork() {
    int work = 0;
    for (int i = 0; i < ways.size(); i++) {
      work += ways.get(i).inlet.poll(ways.get(i).handler, FRAMES_PER_CYCLE);
    }
    return shard == null ? work : work + shard.doWork();
  }

  @Override
  public void open(RunSpecification run) {
    CloseHelper.close(shard);
    shard = new TableShard(run, endpoint, shards, storage);
  }

  @Override
  public void snapshot(long step) {
    shard.snapshot(step);
  }

  @Override
  public boolean isWritten() {
    return shard.isWritten();
  }

  @Override
  public void onClose() {
    CloseHelper.close(shard);
  }
}
