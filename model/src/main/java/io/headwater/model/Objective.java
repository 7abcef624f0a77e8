package io.headwater.model;

import io.headwater.checkpoint.UserException;
import java.util.List;
import java.util.Locale;

/** What a model predicts in pretraining; decides how examples are made of a corpus. */
public enum Objective {
  /** The next token, whatever stands before it in a sequence of packed documents. */
  CAUSAL_LM,
  /** As {@link #CAUSAL_LM}, no document of a sequence reading another. */
  CAUSAL_LM_WITHIN_DOCUMENTS,
  /** Masked tokens (Devlin et al., arXiv:1810.04805), and whether a second segment follows. */
  MASKED_LM_NSP,
  /** Masked tokens. */
  MASKED_LM,
  /** As {@link #MASKED_LM_NSP}, all pieces of a word masked together. */
  WHOLE_WORD_MASKED_LM_NSP,
  /** As {@link #MASKED_LM}, all pieces of a word masked together. */
  WHOLE_WORD_MASKED_LM,
  /** Spans of text that are left out of it (Raffel et al., arXiv:1910.10683). */
  SPAN_CORRUPTION;

  private static final String NEXT_SENTENCE = "next-sentence";

  /** Whether each token is predicted from those before it. */
  public boolean causal() {
    return this == CAUSAL_LM || this == CAUSAL_LM_WITHIN_DOCUMENTS;
  }

  /** Whether all pieces of a word are masked together. */
  public boolean wholeWords() {
    return this == WHOLE_WORD_MASKED_LM || this == WHOLE_WORD_MASKED_LM_NSP;
  }

  /** Whether the model also predicts if the second segment follows the first. */
  public boolean nextSentence() {
    return this == MASKED_LM_NSP || this == WHOLE_WORD_MASKED_LM_NSP;
  }

  /** Names of the losses whose sum is learnt from; of one alone the objective's own. */
  public List<String> parts() {
    if (!nextSentence()) {
      return List.of(toString());
    }
    return List.of((wholeWords() ? WHOLE_WORD_MASKED_LM : MASKED_LM).toString(), NEXT_SENTENCE);
  }

  /** The objective of a name such as {@code masked-lm}, out of those that a family has. */
  public static Objective named(String name, List<Objective> valid) {
    return valid.stream()
        .filter(objective -> objective.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "Cannot pretrain with objective "
                        + name
                        + ": the model's objectives are "
                        + valid));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
