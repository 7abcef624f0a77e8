package io.headwater.model.glove;

import io.headwater.model.embedding.EpochPosition;
import java.util.Optional;

/**
 * An epoch up to its end, or to where it was stopped.
 *
 * @param entries trained on since the beginning of the epoch, also where it was stopped before
 * @param entriesHere of these, those since it went on
 * @param loss mean of the entries' losses, each before its step; NaN if there are none
 * @param position where it was stopped; empty at its end
 */
public record GloveEpoch(
    long entries, long entriesHere, double loss, Optional<EpochPosition> position) {}
