package io.headwater.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** kubectl's own kustomize. */
public final class Kustomize {
  private static final Path KUBECTL = Path.of("/usr/bin/kubectl");

  private Kustomize() {}

  /** The objects of a folder; the test is skipped where there is no kubectl. */
  public static List<JsonNode> render(Path folder) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(KUBECTL), "kubectl is not installed");
    Process process =
        new ProcessBuilder(KUBECTL.toString(), "kustomize", folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("kubectl kustomize %s", folder).isZero();
    return StrictManifests.documents(output);
  }
}
