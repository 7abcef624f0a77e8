package io.headwater.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script, on what this build packaged. */
class LauncherIT {
  private static final Path SCRIPT = Path.of(System.getProperty("headwater.root"), "headwater");

  @TempDir Path folder;

  @Test
  void runsFromAnyFolderThroughLinks() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("first"), SCRIPT);
    Path second = Files.createSymbolicLink(folder.resolve("second"), link.getFileName());

    assertThat(run(second, Map.of(), "version")).startsWith("0 headwater ");
  }

  @Test
  void keepsTheExitCode() throws Exception {
    assertThat(run(SCRIPT, Map.of(), "inspect", "nowhere")).startsWith("2 ").contains("nowhere");
  }

  @Test
  void saysWhichJavaItNeeds() throws Exception {
    assertThat(run(SCRIPT, Map.of("JAVA_HOME", folder.toString()), "version"))
        .startsWith("2 ")
        .contains("JAVA_HOME", "JDK 17");
  }

  private String run(Path script, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    Path output = folder.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("HEADWATER_NO_BUILD", "true");
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String text = Files.readString(output);
    return process.exitValue() + " " + text;
  }
}
