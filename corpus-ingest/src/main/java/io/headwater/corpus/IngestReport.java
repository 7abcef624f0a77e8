package io.headwater.corpus;

import io.headwater.corpus.shard.CorpusManifest;
import java.util.Map;

/**
 * What an ingest did: the figures of a datasheet.
 *
 * @param manifest what the corpus says of itself; all counts that do not depend on time
 * @param seconds wall-clock time, all told
 * @param phaseSeconds the same by phase
 */
public record IngestReport(
    CorpusManifest manifest, double seconds, Map<IngestPhase, Double> phaseSeconds) {
  public IngestReport {
    phaseSeconds = Map.copyOf(phaseSeconds);
  }

  /** Training and validation tokens written per second of the whole ingest. */
  public double tokensPerSecond() {
    return manifest.tokens() / seconds;
  }
}
