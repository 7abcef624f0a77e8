package io.headwater.model.head;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.model.PublishedSource;
import io.headwater.model.Target;
import java.util.Optional;

/**
 * A vector for each text, the mean of its tokens' states, learned from pairs of texts that belong
 * together: each text must be nearer to its partner than to the partners of all others of the batch
 * (InfoNCE, van den Oord et al., arXiv:1807.03748, in both directions).
 *
 * @param temperature by which cosines are divided
 */
public record EmbeddingHead(double temperature) implements TaskHead {
  /** A bare body: {@code BertModel}, {@code GPT2Model}. */
  static final String ARCHITECTURE = "Model";

  /** Our own key of config.json, by which an embedder differs from any bare body. */
  private static final String POOLING = "headwater_pooling";

  private static final String TEMPERATURE = "headwater_temperature";

  public EmbeddingHead {
    if (!(temperature > 0 && temperature <= 10)) {
      throw new UserException(
          "Cannot learn embeddings at temperature " + temperature + ": must be in (0, 10]");
    }
  }

  /** Empty for any other bare body. */
  static Optional<TaskHead> read(PublishedSource source) {
    return source.config().has(POOLING)
        ? Optional.of(new EmbeddingHead(source.config().path(TEMPERATURE).asDouble()))
        : Optional.empty();
  }

  @Override
  public String architecture() {
    return ARCHITECTURE;
  }

  @Override
  public void describe(ObjectNode config) {
    config.put(POOLING, "mean").put(TEMPERATURE, temperature);
  }

  @Override
  public boolean readsSummary() {
    return false;
  }

  @Override
  public Optional<Scorer> scorer(Scorer ofSummary) {
    return Optional.empty();
  }

  @Override
  public int outputs() {
    return 0;
  }

  @Override
  public Readout readout(Body body) {
    return new MeanOfTokens();
  }

  @Override
  public Loss loss() {
    return (outputs, batch) -> {
      batch.target().as(Target.Pairs.class);
      return Contrast.of(outputs, temperature);
    };
  }
}
