package io.headwater.model.generation;

import io.headwater.checkpoint.UserException;
import io.headwater.model.Decoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Looks for the most probable text, several beginnings at a time. Texts that ended compete by their
 * log-probability divided by {@code length ^ lengthPenalty}, the end of text counted; a search is
 * over when no beginning could still win by the length that it has.
 *
 * @param beams beginnings of each text that are kept
 * @param lengthPenalty 0 compares texts by their probability, which favours short ones; 1 by that
 *     of a token
 */
public record BeamSearch(int beams, double lengthPenalty) implements Strategy {
  public BeamSearch {
    if (beams < 1 || beams > 1000) {
      throw new UserException("Cannot search with " + beams + " beams: must be in [1, 1000]");
    }
    if (!(lengthPenalty >= 0 && lengthPenalty <= 10)) {
      throw new UserException(
          "Cannot search with length penalty " + lengthPenalty + ": must be in [0, 10]");
    }
  }

  @Override
  public List<int[]> write(Decoding decoding, Limits limits) {
    int vocabulary = decoding.logits().length / decoding.rows();
    List<Search> searches =
        IntStream.range(0, decoding.rows()).mapToObj(row -> new Search(row, limits)).toList();
    for (int length = 1; length <= limits.tokens(); length++) {
      float[] logits = decoding.logits();
      searches.forEach(search -> search.extend(logits, vocabulary));
      List<Beam> live = searches.stream().flatMap(search -> search.live.stream()).toList();
      if (live.isEmpty()) {
        break;
      }
      if (length < limits.tokens()) {
        decoding.advance(
            live.stream().mapToInt(beam -> beam.row).toArray(),
            live.stream().mapToInt(beam -> beam.tokens[beam.tokens.length - 1]).toArray());
        int row = 0;
        for (Search search : searches) {
          row = search.moveTo(row);
        }
      }
    }
    return searches.stream().map(Search::best).toList();
  }

  /**
   * The beginning of a text.
   *
   * @param row of the decoding
   * @param score sum of its tokens' log-probabilities
   */
  private record Beam(int row, int[] tokens, double score) {
    Beam with(int token, double itsScore) {
      int[] longer = Arrays.copyOf(tokens, tokens.length + 1);
      longer[tokens.length] = token;
      return new Beam(row, longer, score + itsScore);
    }
  }

  /** A text that ended, or had to. */
  private record Finished(int[] tokens, double score) {}

  /** After one prompt. */
  private final class Search {
    private final Limits limits;
    private final List<Finished> finished = new ArrayList<>();
    private List<Beam> live;

    Search(int row, Limits limits) {
      this.limits = limits;
      this.live = List.of(new Beam(row, new int[0], 0));
    }

    /** Puts the best continuations in place of the beams. */
    void extend(float[] logits, int vocabulary) {
      List<Beam> candidates = candidates(logits, vocabulary);
      if (candidates.isEmpty()) { // nothing may follow
        live.forEach(beam -> finish(beam.tokens, normed(beam)));
      }
      List<Beam> next = new ArrayList<>();
      for (int rank = 0; rank < candidates.size() && next.size() < beams; rank++) {
        Beam candidate = candidates.get(rank);
        int length = candidate.tokens.length;
        if (!limits.ends(candidate.tokens[length - 1])) {
          next.add(candidate);
        } else if (rank < beams) {
          finish(Arrays.copyOf(candidate.tokens, length - 1), normed(candidate));
        }
      }
      live = next.isEmpty() || isOver(next.get(0)) ? List.of() : next;
    }

    /** The best one first; enough of them that all beams can go on if as many end. */
    private List<Beam> candidates(float[] logits, int vocabulary) {
      List<Beam> candidates = new ArrayList<>();
      for (Beam beam : live) {
        Ranking ranking =
            new Ranking(
                logits, beam.row * vocabulary, vocabulary, limits.following().after(beam.tokens));
        double logSum = ranking.logSum();
        for (int token : ranking.first(2 * beams)) {
          candidates.add(beam.with(token, ranking.score(token) - logSum));
        }
      }
      candidates.sort(Comparator.comparingDouble((Beam beam) -> -beam.score));
      return candidates.subList(0, Math.min(2 * beams, candidates.size()));
    }

    private void finish(int[] tokens, double score) {
      finished.add(new Finished(tokens, score));
      finished.sort(Comparator.comparingDouble((Finished text) -> -text.score));
      if (finished.size() > beams) {
        finished.remove(beams);
      }
    }

    private boolean isOver(Beam best) {
      return finished.size() == beams && finished.get(beams - 1).score >= normed(best);
    }

    /** Gives the beams the rows from {@code row} on, and returns the one behind them. */
    int moveTo(int row) {
      List<Beam> moved = new ArrayList<>();
      for (Beam beam : live) {
        moved.add(new Beam(row + moved.size(), beam.tokens, beam.score));
      }
      live = moved;
      return row + moved.size();
    }

    int[] best() {
      live.forEach(beam -> finish(beam.tokens, normed(beam)));
      return finished.get(0).tokens;
    }

    private double normed(Beam beam) {
      return beam.score / Math.pow(Math.max(1, beam.tokens.length), lengthPenalty);
    }
  }
}
