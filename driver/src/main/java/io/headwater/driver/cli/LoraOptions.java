package io.headwater.driver.cli;

import io.headwater.checkpoint.UserException;
import io.headwater.finetune.LoraSettings;
import io.headwater.finetune.Method;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of low-rank adapters. */
final class LoraOptions {
  @Option(names = "--lora-rank", description = "Rank of the adapters of method lora; default 8.")
  private Integer rank;

  @Option(names = "--lora-alpha", description = "Their scale, times the rank; default 16.")
  private Double alpha;

  @Option(
      names = "--lora-targets",
      split = ",",
      description =
          "Layers that get one, by the last parts of their names; default query,value (BERT) or"
              + " c_attn (GPT).")
  private List<String> targets;

  @Option(
      names = "--lora-whole",
      split = ",",
      description =
          "Layers and norms trained whole beside the head, by the last parts of their names, such"
              + " as pooler.dense,LayerNorm.")
  private List<String> whole;

  /**
   * @throws UserException if one is given for another method, or is wrong
   */
  LoraSettings settings(Method method) {
    if (method != Method.LORA
        && (rank != null || alpha != null || targets != null || whole != null)) {
      throw new UserException(
          "Cannot use --lora-rank, --lora-alpha, --lora-targets or --lora-whole with --method "
              + method
              + " (must be lora)");
    }
    LoraSettings defaults = LoraSettings.DEFAULT;
    return new LoraSettings(
        rank == null ? defaults.rank() : rank,
        alpha == null ? defaults.alpha() : alpha,
        targets == null ? defaults.targets() : targets,
        whole == null ? defaults.whole() : whole);
  }
}
