package io.headwater.ps.transport;

import io.headwater.ps.protocol.ChunkSize;
import io.headwater.ps.protocol.ShardEndpoint;

/**
 * Aeron channels and stream ids of one replica of a shard, over shared memory or UDP.
 *
 * <p>Clients send pushes and requests to {@code port}; weights go out from {@code port + 1} and
 * answers of the handshake from {@code port + 2}, to whoever subscribes (multi-destination-cast).
 * They have ports of their own because all that goes out from one goes to all who subscribe there.
 */
record Channels(ShardEndpoint endpoint, boolean ipc) {
  private static final int STREAMS_PER_SHARD = 10;
  private static final int STREAMS_PER_REPLICA = 100_000;
  private static final int FIRST_STREAM = 1000;
  static final String CONTROL = "term-length=256k|mtu=1408";

  /** Not what a datagram carries: it takes one frame, of {@link ShardEndpoint#mtu} at most. */
  static final String AT_ONCE = "|mtu=" + ChunkSize.LOOPBACK_MTU;

  int pushStream() {
    return stream(0);
  }

  int requestStream() {
    return stream(1);
  }

  int weightsStream() {
    return stream(2);
  }

  int answerStream() {
    return stream(3);
  }

  /** Where the shard listens for pushes and requests. */
  String listen() {
    return ipc ? "aeron:ipc" : "aeron:udp?endpoint=" + address(0);
  }

  String push() {
    return ipc ? "aeron:ipc" : listen() + AT_ONCE;
  }

  String request() {
    return ipc ? "aeron:ipc?" + CONTROL : listen() + "|" + CONTROL;
  }

  String publishWeights() {
    return ipc ? "aeron:ipc" : cast(address(1)) + AT_ONCE;
  }

  String subscribeWeights() {
    return ipc ? "aeron:ipc" : receive(address(1));
  }

  String publishAnswers() {
    return ipc ? "aeron:ipc?" + CONTROL : cast(address(2)) + "|" + CONTROL;
  }

  String subscribeAnswers() {
    return ipc ? "aeron:ipc" : receive(address(2));
  }

  private int stream(int kind) {
    return FIRST_STREAM
        + STREAMS_PER_SHARD * endpoint.shard()
        + STREAMS_PER_REPLICA * endpoint.replica()
        + kind;
  }

  private String address(int port) {
    return address(endpoint.host(), endpoint.port() + port);
  }

  /** A channel from one publisher to whoever subscribes. */
  static String cast(String address) {
    // A receiver that is silent for a second no longer holds the others up.
    return "aeron:udp?control=" + address + "|control-mode=dynamic|fc=min,t:1s";
  }

  /** The other end of {@link #cast}. */
  static String receive(String address) {
    return "aeron:udp?control=" + address + "|control-mode=dynamic|endpoint=0.0.0.0:0";
  }

  static String address(String host, int port) {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
