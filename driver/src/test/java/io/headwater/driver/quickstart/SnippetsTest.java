package io.headwater.driver.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SnippetsTest {
  @Test
  void takesOutWhatWouldGiveTheLibraryAway() {
    String source =
        """
        /*
         * Licensed to the Apache Software Foundation
         */
        package org.apache.zookeeper.server;

        import org.slf4j.Logger;

        /** A ZooKeeper server. */
        public class ZooKeeperServer {
          private int tickTime;
        }
        """;
    assertThat(Snippets.strip(source))
        .doesNotContainIgnoringCase("zoo")
        .doesNotContain("Apache", "package", "import", "Licensed")
        .contains("class xServer", "private int tickTime;");
  }

  @Test
  void cutsTwelveLinesAndRefusesFilesThatAreTooShort() {
    String line = "    int value = computeSomething(argument);\n";
    assertThat(Snippets.cut(line.repeat(40), new Random(1)).orElseThrow().lines()).hasSize(12);
    assertThat(Snippets.cut(line.repeat(11), new Random(1))).isEmpty();
  }
}
