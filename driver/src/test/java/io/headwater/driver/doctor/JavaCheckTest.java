package io.headwater.driver.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class JavaCheckTest {
  /** What another virtual machine finds of itself. */
  public static final class Examined {
    private Examined() {}

    public static void main(String[] arguments) {
      new JavaCheck(Map.of(), 0)
          .findings()
          .forEach(f -> System.out.println(f.level() + " " + f.check() + ": " + f.found()));
    }
  }

  @Test
  void namesTheFlagsThatAJvmWasStartedWithout() throws Exception {
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Examined.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(java.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(java.exitValue()).as(output).isZero();
    assertThat(output.lines().filter(line -> line.contains("java flags")))
        .singleElement()
        .asString()
        .startsWith("PROBLEM")
        .contains(
            "--add-modules=jdk.incubator.vector",
            "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED")
        .doesNotContain("java.base/java.nio=");
  }
}
