package io.headwater.driver.text;

import io.headwater.checkpoint.Checkpoint;
import io.headwater.checkpoint.UserException;
import java.util.Arrays;

/** That a checkpoint reads the ids of a corpus. */
public final class SameTokenizer {
  private SameTokenizer() {}

  /**
   * @param verb what is wanted of the checkpoint
   * @param theirs the corpus's {@code tokenizer.json}
   * @throws UserException if the checkpoint's is another
   */
  public static void require(String verb, Checkpoint weights, byte[] theirs, String corpus) {
    boolean same = weights.tokenizer().map(ours -> Arrays.equals(ours, theirs)).orElse(false);
    if (!same) {
      throw new UserException(
          "Cannot "
              + verb
              + " "
              + weights.directory()
              + " on "
              + corpus
              + ": their tokenizer.json differ; ingest the text with --tokenizer "
              + weights.directory()
              + "/tokenizer.json");
    }
  }
}
