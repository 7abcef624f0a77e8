package io.headwater.finetune.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.corpus.tokenize.Tokenizer;
import io.headwater.corpus.tokenize.Tokenizers;
import io.headwater.finetune.TextEncoder;
import io.headwater.model.Framing;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class WindowTest {
  @Test
  void wordsOfAContextAreFoundAgainByTheirCharacters() {
    try (Tokenizer bytes = Tokenizers.bytes()) {
      ContextTokens context = ContextTokens.of("In 1889, 巴黎 won.", bytes);
      List<String> words =
          Arrays.stream(context.starts())
              .distinct()
              .mapToObj(
                  start ->
                      "In 1889, 巴黎 won.".substring(start, context.ends()[context.tokenAt(start)]))
              .toList();
      assertThat(words).containsExactly("In", "1889", ",", "巴", "黎", "won", ".");
      int year = context.tokenAt(3);
      assertThat(context.starts()[year]).isEqualTo(3);
      assertThat(context.ends()[context.lastOfWord(year)]).isEqualTo(7);
    }
  }

  @Test
  void windowsCoverTheContextByStrides() {
    try (Tokenizer bytes = Tokenizers.bytes()) {
      TextEncoder encoder = new TextEncoder(Framing.LAST_TOKEN, bytes, 16);
      ContextTokens context = ContextTokens.of("abcdefghijklmnopqrstuvwxyz", bytes);
      int[] asked = bytes.encode("why");
      List<Window> windows = Window.over(0, asked, context, encoder, 5);
      // 16 places are for 3 of the question, 1 between and 12 of the context.
      assertThat(windows).extracting(Window::from).containsExactly(0, 5, 10, 15);
      assertThat(windows).extracting(Window::size).containsExactly(12, 12, 12, 11);
      Window second = windows.get(1);
      assertThat(second.encoded().tokens()[second.place(7)]).isEqualTo('h');
      assertThat(second.token(second.place(7))).isEqualTo(7);
      assertThat(second.holds(5, 16)).isTrue();
      assertThat(second.holds(4, 6)).isFalse();
      assertThat(second.holds(16, 17)).isFalse();
    }
  }

  @Test
  void aStrideBeyondAWindowLeavesNoGap() {
    try (Tokenizer bytes = Tokenizers.bytes()) {
      TextEncoder encoder = new TextEncoder(Framing.LAST_TOKEN, bytes, 16);
      ContextTokens context = ContextTokens.of("abcdefghijklmnopqrstuvwxyz", bytes);
      assertThat(Window.over(0, bytes.encode("why"), context, encoder, 128))
          .extracting(Window::from)
          .containsExactly(0, 12, 24);
    }
  }
}
