package io.headwater.deploy;

import java.nio.file.Path;

/** Where things lie in the tree. */
public final class Repository {
  public static final Path ROOT = Path.of(System.getProperty("headwater.root"));
  public static final Path CHART = ROOT.resolve("helm/headwater");

  private Repository() {}
}
