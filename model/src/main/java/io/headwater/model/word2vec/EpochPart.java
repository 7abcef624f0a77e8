package io.headwater.model.word2vec;

import io.headwater.model.embedding.EpochPosition;
import java.util.Optional;

/**
 * An epoch up to its end, or to where it was stopped.
 *
 * @param result from the beginning of the epoch, also where it was stopped before
 * @param wordsHere of its words, those that were read since it went on
 * @param position where it was stopped; empty at its end
 */
public record EpochPart(EpochResult result, long wordsHere, Optional<EpochPosition> position) {}
