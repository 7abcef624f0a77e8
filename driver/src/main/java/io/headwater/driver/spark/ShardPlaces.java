package io.headwater.driver.spark;

import io.headwater.checkpoint.UserException;
import io.headwater.driver.config.ParameterServerSection;
import io.headwater.driver.config.SparkSection;
import io.headwater.ps.protocol.CoordinatorEndpoint;
import io.headwater.ps.protocol.ShardEndpoint;
import io.headwater.ps.security.RunSecurity;
import io.headwater.ps.server.ParameterServer;
import io.headwater.ps.server.ParameterServerConfig;
import java.util.List;

/**
 * The parameter shards of a run: embedded in this process until this is closed, or processes of
 * their own.
 */
public final class ShardPlaces implements AutoCloseable {
  private final ParameterServerSection servers;
  private final ParameterServer embedded; // null if they are processes of their own

  private ShardPlaces(ParameterServerSection servers, ParameterServer embedded) {
    this.servers = servers;
    this.embedded = embedded;
  }

  /**
   * Refuses shards that workers could not reach, ports that are in use, a secret that cannot be
   * used, and executors that come and go, before anything starts.
   *
   * @throws UserException saying which
   */
  public static void check(
      SparkSection spark, ParameterServerSection servers, RunSecurity security) {
    if (security.isOn()) {
      security.secret(); // throws if it cannot be used
    }
    SparkApplication.checkNumberOfExecutors();
    String master = SparkApplication.master(spark.master());
    if (!SparkApplication.isLocal(master) && !servers.isRemote() && !servers.isNetworked()) {
      throw new UserException(
          "Cannot run workers at "
              + master
              + ": they cannot reach shards inside the driver; set parameter-server.host or"
              + " parameter-server.endpoints");
    }
    if (servers.isNetworked() && !servers.isRemote()) {
      servers.shardEndpoints().forEach(ParameterServer::checkPorts);
    }
  }

  /** Starts those that are to be embedded. */
  public static ShardPlaces open(ParameterServerSection servers, RunSecurity security) {
    if (servers.isRemote()) {
      return new ShardPlaces(servers, null);
    }
    return new ShardPlaces(
        servers,
        servers.isNetworked()
            ? ParameterServer.start(
                new ParameterServerConfig(
                    servers.shardEndpoints(), servers.shardEndpoints(), security))
            : ParameterServer.startEmbedded(servers.shards()));
  }

  /** Where workers reach them. */
  public List<ShardEndpoint> endpoints() {
    return embedded == null ? servers.shardEndpoints() : embedded.endpoints();
  }

  /** Where workers and shards reach the coordinator, which is in this process. */
  public CoordinatorEndpoint coordinator(SparkApplication spark) {
    String directory = endpoints().get(0).aeronDirectory();
    if (!servers.isRemote() && !servers.isNetworked()) {
      return CoordinatorEndpoint.local(directory);
    }
    CoordinatorEndpoint reachable = servers.coordinator(spark.driverHost());
    return servers.isRemote() ? reachable : reachable.in(directory);
  }

  @Override
  public void close() {
    if (embedded != null) {
      embedded.close();
    }
  }
}
