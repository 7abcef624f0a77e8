package io.headwater.ps.server;

import io.headwater.ps.protocol.ChunkFrame;
import io.headwater.ps.protocol.PushName;
import io.headwater.ps.protocol.Request;
import io.headwater.ps.protocol.SummationTree;
import java.util.Arrays;
import java.util.List;

/** Tells workers what has become of their pushes to one shard in one step. */
final class PushAnswers {
  private static final int RUNS_PER_ANSWER = 64;

  private final ShardModel model;
  private final SummationTree tree;
  private final ChunkAggregator aggregator;
  private final List<ChunkPublisher> publishers;
  private final int chunks;
  private final int[] missing; // by node: chunks not pushed under its own name
  private long step;

  PushAnswers(
      ShardModel model,
      SummationTree tree,
      ChunkAggregator aggregator,
      List<ChunkPublisher> publishers) {
    this.model = model;
    this.tree = tree;
    this.aggregator = aggregator;
    this.publishers = publishers;
    chunks = model.range().chunks();
    missing = new int[tree.nodes()];
  }

  void open(long newStep) {
    step = newStep;
    Arrays.fill(missing, chunks);
  }

  /** A chunk has been added: if it was the last one of the push, the worker is told. */
  void onAdded(ChunkFrame push) {
    if (--missing[push.node()] == 0) {
      accept(push.name());
    }
  }

  void onAsk(Request.AskPush ask) {
    PushName push =
        new PushName(model.run(), ask.step(), ask.node(), ask.worker(), ask.incarnation());
    if (ask.step() < step) {
      accept(push);
    } else if (ask.step() == step && tree.contains(ask.node())) {
      tellMissing(push);
    }
  }

  private void accept(PushName push) {
    for (int i = 0; i < publishers.size(); i++) {
      publishers.get(i).accept(push);
    }
  }

  private void tellMissing(PushName push) {
    int from = firstChunk(push.node(), 0, false);
    if (from == chunks) {
      accept(push);
      return;
    }
    for (int runs = 0; runs < RUNS_PER_ANSWER && from < chunks; runs++) {
      int to = firstChunk(push.node(), from, true);
      for (int i = 0; i < publishers.size(); i++) {
        publishers.get(i).miss(push, from, to - from);
      }
      from = firstChunk(push.node(), to, false);
    }
  }

  /** The first chunk of which a node is there, or is not there; {@code chunks} if there is none. */
  private int firstChunk(int node, int from, boolean there) {
    int chunk = from;
    while (chunk < chunks && holds(chunk, node) != there) {
      chunk++;
    }
    return chunk;
  }

  private boolean holds(int chunk, int node) {
    return model.chunkStep(chunk) > step || aggregator.has(chunk, node);
  }
}
