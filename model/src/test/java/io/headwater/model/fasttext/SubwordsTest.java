package io.headwater.model.fasttext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.checkpoint.UserException;
import io.headwater.model.embedding.Vocabulary;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against what the original program's {@code print-ngrams} finds, counted by hand. */
class SubwordsTest {
  @Test
  void cutsBetweenCharactersAndInsideTheBoundaries() {
    // <né>: <n, né, é>, <né, né> and no boundary alone, though one character is allowed.
    assertThat(new Subwords(1, 3, 1000).of("né")).hasSize(7);
    assertThat(new Subwords(3, 6, 1000).of("of")).hasSize(3);
    assertThat(new Subwords(5, 6, 1000).of("of")).isEmpty();
    assertThat(new Subwords(0, 0, 0).of("words")).isEmpty();
  }

  @Test
  void hashesSignedBytes() {
    // FNV-1a of the bytes 61; and of c3 a9, each of which is extended by its sign.
    int[] found = new Subwords(1, 1, Integer.MAX_VALUE).of("aé");
    long a = fnv(0x811c9dc5L, 0x61);
    long e = fnv(fnv(0x811c9dc5L, 0xffffffc3L), 0xffffffa9L);
    assertThat(found).containsExactly((int) (a % Integer.MAX_VALUE), (int) (e % Integer.MAX_VALUE));
  }

  private static long fnv(long hash, long signed) {
    return ((hash ^ signed) * 16777619L) & 0xffffffffL;
  }

  @Test
  void rejectsMoreRowsThanCanBeNumbered() {
    Subwords most = new Subwords(3, 6, Integer.MAX_VALUE - 18);
    assertThat(most.matrixRows(10)).isEqualTo(Integer.MAX_VALUE - 8);
    assertThatThrownBy(() -> most.matrixRows(11))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("11 words and 2147483629 buckets");
    Vocabulary words = Vocabulary.of(List.of(new Vocabulary.Count("a", 1)), 1);
    assertThatThrownBy(() -> new Subwords(3, 6, Integer.MAX_VALUE).rows(words))
        .isInstanceOf(UserException.class);
  }

  @Test
  void rejectsNgramsWithoutBuckets() {
    assertThatThrownBy(() -> new Subwords(3, 6, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot take subwords: buckets is 0 (must be > 0)");
    assertThatThrownBy(() -> new Subwords(4, 3, 10)).hasMessageContaining("min-n is 4");
  }
}
