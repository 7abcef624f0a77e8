package io.headwater.deploy.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.deploy.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.scheduler.BarrierJobAllocationFailed$;
import org.junit.jupiter.api.Test;

/** What the pages say of other files is so. */
class DocumentationTest {
  private static final Path DOCS = Repository.ROOT.resolve("docs");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");
  private static final Pattern MESSAGE = Pattern.compile("(?m)^## `([^`]+)`$");

  private static final Pattern RIGHTS = Pattern.compile("(?:resources|verbs): \\[([^]]+)]");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /** Of the Java language: a text in several parts. */
  private static final Pattern JOINT = Pattern.compile("\"\\s*\\+\\s*\"");

  @Test
  void everyLinkLeadsToAFile() throws IOException {
    List<String> dead = new ArrayList<>();
    for (Path page : pages()) {
      for (MatchResult link : LINK.matcher(Files.readString(page)).results().toList()) {
        if (Files.notExists(page.resolveSibling(link.group(1)))) {
          dead.add(Repository.ROOT.relativize(page) + ": " + link.group(1));
        }
      }
    }
    assertThat(dead).isEmpty();
  }

  @Test
  void theProgramSaysWhatTroubleshootingQuotes() throws IOException {
    String page = Files.readString(DOCS.resolve("troubleshooting.md"));
    List<String> messages =
        MESSAGE.matcher(page).results().map(message -> message.group(1)).toList();
    assertThat(messages).hasSizeGreaterThan(10);
    String sources = sources();
    // The operating system's own words.
    assertThat(messages.stream().filter(message -> !sources.contains(message)))
        .containsExactly("No space left on device");
  }

  @Test
  void sparkSaysWhatTroubleshootingQuotes() throws IOException {
    BarrierJobAllocationFailed$ spark = BarrierJobAllocationFailed$.MODULE$;
    assertThat(Files.readString(DOCS.resolve("troubleshooting.md")))
        .contains(
            spark.ERROR_MESSAGE_RUN_BARRIER_WITH_DYN_ALLOCATION(),
            spark.ERROR_MESSAGE_BARRIER_REQUIRE_MORE_SLOTS_THAN_CURRENT_TOTAL_NUMBER());
  }

  @Test
  void rightsOnKubernetesAreThoseOfTheChart() throws IOException {
    String role = Files.readString(Repository.CHART.resolve("templates/run/role.yaml"));
    String row =
        Files.readAllLines(DOCS.resolve("security.md")).stream()
            .filter(line -> line.startsWith("| `<release>-driver` |"))
            .findFirst()
            .orElseThrow();
    List<String> rights = new ArrayList<>();
    for (MatchResult list : RIGHTS.matcher(role).results().toList()) {
      rights.addAll(List.of(list.group(1).split(", ")));
    }
    assertThat(rights).hasSizeGreaterThan(10);
    assertThat(CODE.matcher(row).results().map(word -> word.group(1)).skip(1).toList())
        .containsExactlyInAnyOrderElementsOf(rights);
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (String folder : List.of("docs", "deploy", "helm", "benchmarks")) {
      try (Stream<Path> files = Files.walk(Repository.ROOT.resolve(folder))) {
        files
            .filter(file -> file.toString().endsWith(".md"))
            .filter(file -> !file.toString().contains("/target/"))
            .forEach(pages::add);
      }
    }
    for (String page : List.of("README.md", "CONTRIBUTING.md", "SECURITY.md")) {
      pages.add(Repository.ROOT.resolve(page));
    }
    return pages;
  }

  private static String sources() throws IOException {
    StringBuilder sources = new StringBuilder();
    for (String module : List.of("driver", "parameter-server", "checkpoint", "worker", "model")) {
      try (Stream<Path> files = Files.walk(Repository.ROOT.resolve(module + "/src/main/java"))) {
        for (Path file : files.filter(name -> name.toString().endsWith(".java")).toList()) {
          sources.append(JOINT.matcher(Files.readString(file)).replaceAll(""));
        }
      }
    }
    return sources.toString();
  }
}
