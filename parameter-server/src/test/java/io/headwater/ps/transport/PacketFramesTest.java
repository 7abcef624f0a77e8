package io.headwater.ps.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.HeaderFlyweight;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PacketFramesTest {
  private static final int SESSION = 5;
  private static final int STREAM = 7;
  private static final int TERM = 3;

  private final UnsafeBuffer packet = new UnsafeBuffer(new byte[4096]);
  private int end;

  @BeforeEach
  void startEmpty() {
    end = 0;
  }

  @Test
  void framesThatFollowEachOtherInAStreamGoTogether() {
    data(100, 0, STREAM);
    data(100, 128, STREAM);
    data(70, 256, STREAM);
    assertThat(PacketFrames.runEnd(packet, 0, end)).isEqualTo(end).isEqualTo(128 + 128 + 96);
  }

  @Test
  void aLostFrameDividesThem() {
    data(128, 0, STREAM);
    data(128, 256, STREAM);
    assertThat(PacketFrames.runEnd(packet, 0, end)).isEqualTo(128);
  }

  @Test
  void anotherStreamDividesThem() {
    data(128, 0, STREAM);
    data(128, 128, STREAM + 1);
    assertThat(PacketFrames.runEnd(packet, 0, end)).isEqualTo(128);
  }

  @Test
  void ofAPaddingFrameOnlyTheHeaderTravels() {
    data(128, 0, STREAM);
    frame(HeaderFlyweight.HDR_TYPE_PAD, 2000, 128, STREAM, 32);
    data(128, 160, STREAM); // not where the padding ends
    assertThat(PacketFrames.length(packet, 128, end)).isEqualTo(32);
    assertThat(PacketFrames.runEnd(packet, 0, end)).isEqualTo(160);
  }

  @Test
  void aHeartbeatStandsAlone() {
    data(128, 0, STREAM);
    frame(HeaderFlyweight.HDR_TYPE_DATA, 0, 128, STREAM, 32);
    data(128, 160, STREAM);
    assertThat(PacketFrames.runEnd(packet, 0, end)).isEqualTo(128);
    assertThat(PacketFrames.runEnd(packet, 128, end)).isEqualTo(160);
  }

  @Test
  void aSetupFrameIsNoData() {
    data(128, 0, STREAM);
    frame(HeaderFlyweight.HDR_TYPE_SETUP, 40, 128, STREAM, 40);
    assertThat(PacketFrames.runEnd(packet, 0, end)).isEqualTo(128);
    assertThat(PacketFrames.isData(packet, 128, end)).isFalse();
  }

  @Test
  void lengthsThatCannotBeAreLeftToAeronWithAllThatFollows() {
    data(128, 0, STREAM);
    for (int stated : new int[] {-1, 5, 31, 5000, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      packet.putInt(0, stated);
      packet.putInt(128, 128);
      end = 256;
      assertThat(PacketFrames.length(packet, 0, end)).as("stated %d", stated).isEqualTo(256);
    }
    assertThat(PacketFrames.length(packet, 0, 20)).isEqualTo(20);
    assertThat(PacketFrames.isData(packet, 0, 20)).isFalse();
  }

  private void data(int length, int termOffset, int stream) {
    frame(HeaderFlyweight.HDR_TYPE_DATA, length, termOffset, stream, length + 31 & -32);
  }

  private void frame(int type, int stated, int termOffset, int stream, int travels) {
    DataHeaderFlyweight header = new DataHeaderFlyweight();
    header.wrap(packet, end, 32);
    header.headerType(type).frameLength(stated);
    header.version(HeaderFlyweight.CURRENT_VERSION);
    header.termOffset(termOffset).sessionId(SESSION).streamId(stream).termId(TERM);
    end += travels;
  }
}
