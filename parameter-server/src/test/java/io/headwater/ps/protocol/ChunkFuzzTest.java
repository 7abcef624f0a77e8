package io.headwater.ps.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ps.codec.ChunkCodec;
import io.headwater.ps.codec.ChunkDecoders;
import io.headwater.ps.codec.Codec;
import io.headwater.ps.testing.FrameMutations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Half a million chunk and row frames that nobody has written. */
class ChunkFuzzTest {
  private static final ChunkDecoders CODECS = new ChunkDecoders();
  private static final int FRAMES = 300_000;
  private static final int WARM_UP = 20_000;
  private static final int MAX_COUNT = 33;
  private static final PushName NAME = new PushName(RunKey.of("a run"), 7, 3, 1, 5);

  private static byte[] floats(int headerLength, int count) {
    UnsafeBuffer frame = new UnsafeBuffer(new byte[headerLength + Float.BYTES * count]);
    for (int i = 0; i < count; i++) {
      frame.putFloat(headerLength + Float.BYTES * i, i * 0.5f);
    }
    return frame.byteArray();
  }

  private static List<byte[]> chunkSamples() {
    List<byte[]> samples = new ArrayList<>();
    for (int count = 1; count < MAX_COUNT; count += 8) {
      byte[] push = floats(ChunkFrame.HEADER_LENGTH, count);
      ChunkFrame.putPush(new UnsafeBuffer(push), 0, NAME, 2, 5, count, 0, Float.BYTES * count);
      byte[] weights = floats(ChunkFrame.HEADER_LENGTH, count);
      PushName none = PushName.ofWeights(NAME.run(), 8);
      ChunkFrame.putWeights(
          new UnsafeBuffer(weights), 0, none, 2, 5, count, 0, Float.BYTES * count);
      byte[] state = floats(ChunkFrame.HEADER_LENGTH, count);
      ChunkFrame.putState(new UnsafeBuffer(state), 0, none, 2, 5, count);
      samples.add(push);
      samples.add(weights);
      samples.add(state);
    }
    float[] elements = new float[100];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = i - 33.5f;
    }
    for (Codec codec : Codec.values()) {
      byte[] bytes = new byte[ChunkFrame.HEADER_LENGTH + codec.open().length(elements.length)];
      UnsafeBuffer frame = new UnsafeBuffer(bytes);
      int length =
          codec.open().encode(elements, 0, elements.length, frame, ChunkFrame.HEADER_LENGTH);
      ChunkFrame.putPush(frame, 0, NAME, 2, 5, elements.length, codec.number(), length);
      samples.add(bytes);
    }
    for (int i = 0; i < 4; i++) {
      byte[] bytes = new byte[ChunkFrame.HEADER_LENGTH];
      UnsafeBuffer frame = new UnsafeBuffer(bytes);
      switch (i) {
        case 0 -> ChunkFrame.putSharedPush(frame, 0, NAME, 2, 5, 100, 9);
        case 1 -> ChunkFrame.putSharedWeights(frame, 0, NAME, 2, 5, 100, 9);
        case 2 -> ChunkFrame.putAccepted(frame, 0, NAME, 2);
        default -> ChunkFrame.putMissing(frame, 0, NAME, 2, 5, 3);
      }
      samples.add(bytes);
    }
    return samples;
  }

  /** Makes the two checks of a chunk frame right. */
  private static void repairChunk(UnsafeBuffer frame) {
    frame.putByte(0, (byte) ChunkFrame.VERSION);
    int payload = frame.capacity() - ChunkFrame.HEADER_LENGTH;
    frame.putInt(
        56, payload == 0 ? 0 : Checksum.ofPayload(frame, ChunkFrame.HEADER_LENGTH, payload));
    long hash = 0;
    for (int i = 0; i < 56; i += Long.BYTES) {
      hash = Checksum.mix(hash, frame.getLong(i));
    }
    hash = Checksum.mix(hash, frame.getInt(56));
    frame.putInt(60, (int) (hash ^ (hash >>> 32)));
  }

  private static byte[] rewritten(ChunkFrame frame, byte[] bytes) {
    byte[] copy = bytes.clone();
    Arrays.fill(copy, 0, ChunkFrame.HEADER_LENGTH, (byte) 0);
    UnsafeBuffer into = new UnsafeBuffer(copy);
    PushName name = frame.name();
    int shard = frame.shard();
    int chunk = frame.chunk();
    int count = frame.count();
    int vector = frame.vector();
    int codec = frame.codec();
    int bytesOfElements = frame.payloadLength();
    switch (frame.type()) {
      case ChunkFrame.PUSH -> {
        if (vector == 0) {
          ChunkFrame.putPush(into, 0, name, shard, chunk, count, codec, bytesOfElements);
        } else {
          ChunkFrame.putSharedPush(into, 0, name, shard, chunk, count, vector);
        }
      }
      case ChunkFrame.WEIGHTS -> {
        if (vector == 0) {
          ChunkFrame.putWeights(into, 0, name, shard, chunk, count, codec, bytesOfElements);
        } else {
          ChunkFrame.putSharedWeights(into, 0, name, shard, chunk, count, vector);
        }
      }
      case ChunkFrame.STATE -> ChunkFrame.putState(into, 0, name, shard, chunk, count);
      case ChunkFrame.ACCEPTED -> ChunkFrame.putAccepted(into, 0, name, shard);
      default -> ChunkFrame.putMissing(into, 0, name, shard, chunk, count);
    }
    return copy;
  }

  @Test
  void noChunkFrameThrowsOrTakesMemoryOrReadsAsAnother() {
    FrameMutations frames = new FrameMutations(5, chunkSamples());
    ChunkFrame chunk = new ChunkFrame();
    int accepted = 0;
    long most = 0;
    for (int i = 0; i < FRAMES; i++) {
      byte[] bytes = frames.next();
      UnsafeBuffer frame = new UnsafeBuffer(bytes);
      if (bytes.length >= ChunkFrame.HEADER_LENGTH && frames.repairs()) {
        repairChunk(frame);
      }
      long before = FrameMutations.allocated();
      boolean good = chunk.wrap(frame, 0, bytes.length);
      if (i > WARM_UP) {
        most = Math.max(most, FrameMutations.allocated() - before);
      }
      if (good) {
        accepted++;
        assertThat(rewritten(chunk, bytes)).as("type %d", chunk.type()).isEqualTo(bytes);
        if (chunk.length() > ChunkFrame.HEADER_LENGTH) {
          readElements(chunk);
        }
      }
    }
    assertThat(accepted).isBetween(FRAMES / 20, FRAMES - FRAMES / 5);
    assertThat(most).isZero();
  }

  private static void readElements(ChunkFrame chunk) {
    if (chunk.codec() == ChunkFrame.FLOAT32) {
      chunk.read(new float[chunk.count()]);
    } else if (chunk.count() <= ChunkCodec.MAX_COUNT) {
      CODECS
          .of(chunk.codec())
          .decode(
              chunk.buffer(),
              chunk.payloadOffset(),
              chunk.payloadLength(),
              new float[chunk.count()],
              chunk.count());
    }
  }

  private static List<byte[]> rowSamples() {
    RowFrame.Parties parties = new RowFrame.Parties(NAME.run(), 2, 1, 5);
    RowSet set = new RowSet();
    set.resize(0, 3);
    for (int i = 0; i < 5; i++) {
      set.add(1L << 10 * i, new float[] {i, -i, 0.5f}, 0);
    }
    List<byte[]> samples = new ArrayList<>();
    byte[] open = new byte[RowFrame.HEADER_LENGTH + 6];
    RowFrame.putOpen(new UnsafeBuffer(open), 0, parties, 4711, 77, new byte[] {1, 2, 3, 4, 5, 6});
    samples.add(open);
    byte[] push = new byte[RowFrame.length(4, 3)];
    RowFrame.putPush(new UnsafeBuffer(push), 0, parties, 3, 77, set, 1, 4, 0.1f);
    samples.add(push);
    byte[] copied = push.clone();
    RowFrame.putOnLink(new UnsafeBuffer(copied), 0, 2, 9);
    samples.add(copied);
    byte[] pull = new byte[RowFrame.length(5, 0)];
    RowFrame.putPull(new UnsafeBuffer(pull), 0, parties, 3, 2, 77, set, 0, 5);
    samples.add(pull);
    byte[] rows = new byte[RowFrame.length(5, 3)];
    RowFrame.putRows(new UnsafeBuffer(rows), 0, parties, 3, 77, set);
    samples.add(rows);
    for (RowFrame.Type type : List.of(RowFrame.Type.OPENED, RowFrame.Type.PUSHED)) {
      byte[] answer = new byte[RowFrame.HEADER_LENGTH];
      RowFrame.putAnswer(new UnsafeBuffer(answer), 0, type, parties, 3, 2, 77, 1);
      samples.add(answer);
    }
    return samples;
  }

  private static void repairRows(UnsafeBuffer frame) {
    frame.putByte(0, (byte) ChunkFrame.VERSION);
    long head = Checksum.of(frame, 0, 72);
    int body =
        Checksum.ofPayload(
            frame, RowFrame.HEADER_LENGTH, frame.capacity() - RowFrame.HEADER_LENGTH);
    frame.putLong(72, Checksum.mix(head, body));
  }

  private static final Set<RowFrame.Type> ON_LINK =
      EnumSet.of(RowFrame.Type.COPIED_OPEN, RowFrame.Type.COPIED_PUSH, RowFrame.Type.RECORDS);

  private static byte[] rewritten(RowFrame frame, RowSet set, int length) {
    UnsafeBuffer into = new UnsafeBuffer(new byte[length]);
    RowFrame.Parties parties = frame.parties();
    long table = frame.table();
    switch (frame.type()) {
      case OPEN, COPIED_OPEN ->
          RowFrame.putOpen(into, 0, parties, (int) frame.sequence(), table, frame.description());
      case PUSH, COPIED_PUSH ->
          RowFrame.putPush(
              into, 0, parties, frame.sequence(), table, set, 0, set.count(), frame.rate());
      case RECORDS -> RowFrame.putRecords(into, 0, parties, frame.sequence(), table, set);
      case PULL ->
          RowFrame.putPull(
              into, 0, parties, frame.sequence(), frame.mark(), table, set, 0, set.count());
      default -> {
        if (frame.count() > 0) {
          RowFrame.putRows(into, 0, parties, frame.sequence(), table, set);
        } else {
          RowFrame.putAnswer(
              into,
              0,
              frame.type(),
              parties,
              frame.sequence(),
              frame.mark(),
              table,
              frame.result());
        }
      }
    }
    if (ON_LINK.contains(frame.type())) {
      RowFrame.putOnLink(into, 0, frame.result(), frame.mark());
    }
    return into.byteArray();
  }

  @Test
  void noRowFrameThrowsOrTakesMemoryThatItOnlyClaimsOrReadsAsAnother() {
    FrameMutations frames = new FrameMutations(7, rowSamples());
    RowFrame rows = new RowFrame();
    int accepted = 0;
    long most = 0;
    for (int i = 0; i < FRAMES; i++) {
      byte[] bytes = frames.next();
      UnsafeBuffer frame = new UnsafeBuffer(bytes);
      if (bytes.length >= RowFrame.HEADER_LENGTH && frames.repairs()) {
        repairRows(frame);
      }
      RowSet set = new RowSet();
      long before = FrameMutations.allocated();
      boolean good = rows.wrap(frame, 0, bytes.length);
      if (good) {
        rows.read(set);
      }
      if (i > WARM_UP) {
        most = Math.max(most, FrameMutations.allocated() - before - 2L * bytes.length);
      }
      if (good) {
        accepted++;
        assertThat(rewritten(rows, set, bytes.length)).as("%s", rows.type()).isEqualTo(bytes);
      }
    }
    assertThat(accepted).isBetween(FRAMES / 20, FRAMES - FRAMES / 5);
    assertThat(most).isLessThan(256);
  }
}
