package io.headwater.ps.security;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * HMAC-SHA256, cut to 128 bits, over the frame, key id and sequence. Frames stay readable where
 * they are.
 */
final class HmacFrameCipher extends FrameCipher {
  private static final int PIECE = 8192; // stays in the first-level cache on its way to the hash

  private final long keyId;
  private final Mac mac;
  private final byte[] piece = new byte[PIECE];
  private final byte[] tag = new byte[Hkdf.HASH_LENGTH];
  private final byte[] given = new byte[Hkdf.HASH_LENGTH];

  HmacFrameCipher(StreamKey key) {
    keyId = key.id();
    mac = Hkdf.hmac(key.key());
  }

  @Override
  void seal(MutableDirectBuffer buffer, int offset, int length, long sequence) {
    int trailer = offset + length;
    buffer.putLong(trailer + KEY_ID, keyId);
    buffer.putLong(trailer + SEQUENCE, sequence);
    computeTag(buffer, offset, length);
    buffer.putBytes(trailer, tag, 0, TAG_LENGTH);
  }

  @Override
  DirectBuffer open(DirectBuffer buffer, int offset, int length, long sequence) {
    computeTag(buffer, offset, length);
    Arrays.fill(tag, TAG_LENGTH, tag.length, (byte) 0);
    buffer.getBytes(offset + length, given, 0, TAG_LENGTH);
    return MessageDigest.isEqual(tag, given) ? buffer : null;
  }

  @Override
  int clearOffset(int offset) {
    return offset;
  }

  private void computeTag(DirectBuffer buffer, int offset, int length) {
    for (int done = 0; done < length; done += PIECE) {
      int bytes = Math.min(PIECE, length - done);
      buffer.getBytes(offset + done, piece, 0, bytes);
      mac.update(piece, 0, bytes);
    }
    buffer.getBytes(offset + length + KEY_ID, piece, 0, TRAILER_LENGTH - TAG_LENGTH);
    mac.update(piece, 0, TRAILER_LENGTH - TAG_LENGTH);
    try {
      mac.doFinal(tag, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a hash fits its own length", e);
    }
  }
}
