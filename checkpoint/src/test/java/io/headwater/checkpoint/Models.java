package io.headwater.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A small model with known weights, and its parts as shards would write them. */
final class Models {
  static final TensorLayout LAYOUT =
      TensorLayout.builder()
          .add("transformer.wte.weight", 13, 8)
          .add("transformer.ln_f.weight", 8)
          .add("transformer.scale")
          .build();

  private Models() {}

  static float weight(long index, long step) {
    return (float) Math.sin(index + 1000.0 * step);
  }

  static BlockSource vector(int salt, long step) {
    return (from, into, offset, count) -> {
      for (int i = 0; i < count; i++) {
        into[offset + i] = weight(from + i, step) * (salt + 1);
      }
    };
  }

  static FlatVector weights(TensorLayout layout, long step) {
    FlatVector all = FlatVector.allocate(layout.elements());
    for (long i = 0; i < layout.elements(); i++) {
      all.set(i, weight(i, step));
    }
    return all;
  }

  static CheckpointDescription description(long step) {
    ObjectNode config = Json.MAPPER.createObjectNode().put("model_type", "gpt2");
    ObjectNode state = Json.MAPPER.createObjectNode().put("step", step);
    byte[] tokenizer = "{\"version\":\"1.0\"}\n".getBytes(StandardCharsets.UTF_8);
    return new CheckpointDescription(config, Optional.of(tokenizer), Optional.of(state));
  }

  /** Cuts the vector at uneven places, as key ranges of norm blocks are. */
  static long bound(TensorLayout layout, int shard, int shards) {
    return shard == shards ? layout.elements() : layout.elements() * shard / shards / 3 * 3;
  }

  static void writeParts(String output, TensorLayout layout, long step, int shards) {
    for (int shard = 0; shard < shards; shard++) {
      Map<String, BlockSource> state = new LinkedHashMap<>();
      state.put("exp_avg", vector(1, step));
      state.put("exp_avg_sq", vector(2, step));
      new ShardCheckpointWriter(
              output, shard, shards, bound(layout, shard, shards), bound(layout, shard + 1, shards))
          .write(step, vector(0, step), state);
    }
  }

  static String writeByShards(String output, TensorLayout layout, long step, int shards) {
    writeParts(output, layout, step, shards);
    return new CheckpointCommit(output, layout, shards).commit(step, description(step));
  }
}
