package io.headwater.ps.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import io.headwater.ps.testing.DatagramFaults;
import io.headwater.ps.testing.ToyRun;
import io.headwater.ps.testing.UdpRelay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentedDatagramsTest {
  private static final int MESSAGES = 4_000;
  private static final int HEADER = 32;
  private static final int LARGEST = 1_376 - HEADER;
  private static final int[] STREAMS = {7, 8};
  private static final DatagramFaults.Rates NONE = new DatagramFaults.Rates(0, 0, 0, 0, 0);
  private static final DatagramFaults.Rates SOME = new DatagramFaults.Rates(0.02, 0.02, 0.05, 0, 0);

  @Test
  void linuxSendsManyDatagramsAtOnce() throws Exception {
    assumeTrue(
        System.getProperty("os.name").equals("Linux"), "only Linux has segmentation offload");
    SocketOffload.ofThisMachine();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void eachFrameIsADatagramHoweverManyAreSentAtOnce(boolean offloaded) throws Exception {
    try (UdpRelay relay = new UdpRelay(new DatagramFaults(1, NONE))) {
      passThrough(relay, offloaded);
      assertThat(relay.largest()).isLessThanOrEqualTo(LARGEST + HEADER);
      assertThat(relay.passed()).isGreaterThan((long) STREAMS.length * MESSAGES);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsLostDoubledOrLateOnTheWayArrivesOnceAndInOrder(boolean offloaded) throws Exception {
    try (UdpRelay relay = new UdpRelay(new DatagramFaults(2, SOME))) {
      passThrough(relay, offloaded);
    }
  }

  @Test
  void allWhoSubscribeHearTheSame() throws Exception {
    String address = "127.0.0.1:" + ToyRun.freePorts(1);
    try (EmbeddedDriver sending = EmbeddedDriver.launch(offload(true), null);
        EmbeddedDriver receiving = EmbeddedDriver.launch(offload(true), null);
        EmbeddedDriver second = EmbeddedDriver.launch(offload(true), null);
        Aeron sender = connect(sending);
        Aeron receiver = connect(receiving);
        Aeron other = connect(second)) {
      List<Stream> heard =
          List.of(
              new Stream(
                  sender.addExclusivePublication(Channels.cast(address) + "|mtu=65504", 7),
                  receiver.addSubscription(Channels.receive(address), 7)),
              new Stream(null, other.addSubscription(Channels.receive(address), 7)));
      awaitConnected(heard);
      exchange(heard);
    }
  }

  private static void passThrough(UdpRelay relay, boolean offloaded) throws Exception {
    int port = ToyRun.freePorts(1);
    int front = relay.before(port, 1);
    relay.start();
    try (EmbeddedDriver sending = EmbeddedDriver.launch(offload(offloaded), null);
        EmbeddedDriver receiving = EmbeddedDriver.launch(offload(offloaded), null);
        Aeron sender = connect(sending);
        Aeron receiver = connect(receiving)) {
      List<Stream> streams = new ArrayList<>();
      for (int id : STREAMS) {
        streams.add(
            new Stream(
                sender.addExclusivePublication(
                    "aeron:udp?endpoint=127.0.0.1:" + front + "|mtu=65504", id),
                receiver.addSubscription("aeron:udp?endpoint=127.0.0.1:" + port, id)));
      }
      awaitConnected(streams);
      exchange(streams);
    }
  }

  /** Sends messages in turn and compares what arrives. */
  private static void exchange(List<Stream> streams) {
    long deadlineNs = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!streams.stream().allMatch(Stream::isDone)) {
      streams.forEach(Stream::step);
      assertThat(System.nanoTime())
          .as("messages arrive in time: %s", streams)
          .isLessThan(deadlineNs);
    }
  }

  private static void awaitConnected(List<Stream> streams) {
    long deadlineNs = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!streams.stream().allMatch(stream -> stream.subscription.isConnected())) {
      assertThat(System.nanoTime()).as("streams connect in time").isLessThan(deadlineNs);
      Thread.onSpinWait();
    }
  }

  private static Aeron connect(EmbeddedDriver driver) {
    return Aeron.connect(new Aeron.Context().aeronDirectoryName(driver.directory()));
  }

  private static SocketOffload offload(boolean wanted) throws Exception {
    return wanted && System.getProperty("os.name").equals("Linux")
        ? SocketOffload.ofThisMachine()
        : null;
  }

  /** Messages of one stream: runs of one length, of small ones, and single ones in between. */
  private static final class Stream {
    private final ExclusivePublication publication; // null: another stream's goes here, too
    private final Subscription subscription;
    private final UnsafeBuffer message = new UnsafeBuffer(new byte[LARGEST]);
    private final FragmentHandler handler =
        (buffer, offset, length, header) -> {
          byte[] bytes = new byte[length];
          buffer.getBytes(offset, bytes);
          receive(bytes);
        };
    private int sent;
    private int received;

    Stream(ExclusivePublication publication, Subscription subscription) {
      this.publication = publication;
      this.subscription = subscription;
    }

    void step() {
      while (publication != null && sent < MESSAGES) {
        byte[] bytes = content(sent);
        message.putBytes(0, bytes);
        if (publication.offer(message, 0, bytes.length) < 0) {
          break;
        }
        sent++;
      }
      subscription.poll(handler, 100);
    }

    boolean isDone() {
      return received == MESSAGES;
    }

    private void receive(byte[] bytes) {
      if (!Arrays.equals(bytes, content(received))) {
        throw new AssertionError("message " + received + " is not what was sent");
      }
      received++;
    }

    private static byte[] content(int index) {
      Random random = new Random(index);
      int length =
          switch (index / 50 % 4) {
            case 0, 2 -> LARGEST;
            case 1 -> 40;
            default -> 1 + random.nextInt(LARGEST);
          };
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      return bytes;
    }

    @Override
    public String toString() {
      return sent + " sent, " + received + " received";
    }
  }
}
