package io.headwater.ps.transport;

import io.headwater.ps.protocol.ShardEndpoint;

/**
 * Aeron channels and stream ids of one shard, over shared memory or UDP.
 *
 * <p>Clients send pushes and requests to {@code port}; weights and events go out from {@code port +
 * 1} and {@code port + 2} to whoever subscribes (multi-destination-cast), so that the driver, which
 * wants events only, is not sent the weights.
 */
record Channels(ShardEndpoint endpoint, boolean ipc) {
  private static final int STREAMS_PER_SHARD = 10;
  private static final int FIRST_STREAM = 1000;
  private static final String CONTROL = "term-length=256k|mtu=1408";

  int pushStream() {
    return stream(0);
  }

  int requestStream() {
    return stream(1);
  }

  int weightsStream() {
    return stream(2);
  }

  int eventStream() {
    return stream(3);
  }

  /** Where the shard listens for pushes and requests. */
  String listen() {
    return ipc ? "aeron:ipc" : "aeron:udp?endpoint=" + address(0);
  }

  String push() {
    return ipc ? "aeron:ipc" : listen() + "|mtu=" + endpoint.mtu();
  }

  String request() {
    return ipc ? "aeron:ipc?" + CONTROL : listen() + "|" + CONTROL;
  }

  String publishWeights() {
    return ipc ? "aeron:ipc" : cast(1) + "|mtu=" + endpoint.mtu();
  }

  String subscribeWeights() {
    return ipc ? "aeron:ipc" : receive(1);
  }

  String publishEvents() {
    return ipc ? "aeron:ipc?" + CONTROL : cast(2) + "|" + CONTROL;
  }

  String subscribeEvents() {
    return ipc ? "aeron:ipc" : receive(2);
  }

  private int stream(int kind) {
    return FIRST_STREAM + STREAMS_PER_SHARD * endpoint.shard() + kind;
  }

  private String cast(int port) {
    // A receiver that is silent for a second no longer holds the others up.
    return "aeron:udp?control=" + address(port) + "|control-mode=dynamic|fc=min,t:1s";
  }

  private String receive(int port) {
    return "aeron:udp?control=" + address(port) + "|control-mode=dynamic|endpoint=0.0.0.0:0";
  }

  private String address(int port) {
    String host = endpoint.host().contains(":") ? "[" + endpoint.host() + "]" : endpoint.host();
    return host + ":" + (endpoint.port() + port);
  }
}
