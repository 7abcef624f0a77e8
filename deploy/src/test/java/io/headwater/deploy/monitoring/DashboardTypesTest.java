package io.headwater.deploy.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headwater.deploy.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboards as Grafana's own schema has them: every key and every enumerated value. */
class DashboardTypesTest {
  private static final Path CHECK = Repository.ROOT.resolve("deploy/grafana/typecheck");
  private static final Path NODE = Path.of("/usr/bin/node");
  private static final String IMPORT = "import type {DashboardJson} from \"./json.js\";\n";

  @TempDir private Path folder;

  private record Result(int code, String output) {}

  @Test
  void everyDashboardIsOneOfGrafanas() throws Exception {
    assumeTrue(Files.isExecutable(NODE), "Debian's package nodejs is not installed");
    for (String file : List.of("package.json", "package-lock.json", "tsconfig.json", "json.ts")) {
      Files.copy(CHECK.resolve(file), folder.resolve(file));
    }
    Result fetched = run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
    assumeTrue(fetched.code() == 0, "npm cannot fetch Grafana's schema: " + fetched.output());

    String dashboards = IMPORT + declarations();
    Files.writeString(folder.resolve("dashboards.ts"), dashboards);
    Result checked = run("npm", "run", "check");
    assertThat(checked.code()).as("%s", checked.output()).isZero();

    String wrong = dashboards.replaceFirst("\"fieldConfig\"", "\"fieldConfiguration\"");
    Files.writeString(folder.resolve("dashboards.ts"), wrong);
    assertThat(run("npm", "run", "check").output()).contains("fieldConfiguration");
  }

  private static String declarations() throws IOException {
    return Dashboards.files().stream()
        .map(DashboardTypesTest::declaration)
        .collect(Collectors.joining());
  }

  /** As text: TypeScript would read a file's values as any string, not as the one that it is. */
  private static String declaration(Path file) {
    String name = file.getFileName().toString().replace(".json", "").replace('-', '_');
    try {
      return "export const %s: DashboardJson = %s;\n".formatted(name, Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Result run(String... command) throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("%s ends", List.of(command)).isTrue();
    return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
  }
}
