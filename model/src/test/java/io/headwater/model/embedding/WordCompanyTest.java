package io.headwater.model.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordCompanyTest {
  @TempDir Path folder;

  @Test
  void countsWhoIsWithinTheWindowOfASentence() throws IOException {
    Path text =
        Files.writeString(
            folder.resolve("text.txt"), "Ant x sting x x rose\nsting ant\nrose love rose\n");
    Set<String> among = Set.of("ant", "rose", "sting", "love");
    WordCompany company =
        WordCompany.read(text, among, 2, line -> List.of(line.toLowerCase(Locale.ROOT).split(" ")));
    // 11 words; ant twice, near sting twice; rose three times, never near sting (3 words apart)
    assertThat(company.information("ant", List.of("sting", "love")))
        .isCloseTo(Math.log(2.5 * 11 / (2.5 * 3.5)) / Math.log(2), within(1e-12));
    assertThat(company.information("rose", List.of("sting")))
        .isCloseTo(Math.log(0.5 * 11 / (3.5 * 2.5)) / Math.log(2), within(1e-12));
    assertThat(company.has("love")).isTrue();
    assertThat(company.has("x")).isFalse();
  }
}
