package io.headwater.ps.security;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * AES-256-GCM: the nonce is the sequence, which no sender uses twice under a key; key id and
 * sequence are additional data.
 *
 * <p>The frame goes through a scratch array: JDK 17's cipher is faster and allocates a third on the
 * heap, and a received frame must not be changed where it is, because others may read it there.
 */
final class GcmFrameCipher extends FrameCipher {
  private static final int NONCE_LENGTH = 12;

  private final long keyId;
  private final SecretKeySpec key;
  private final Cipher cipher;
  private final byte[] nonce = new byte[NONCE_LENGTH];
  private final ByteBuffer nonceView = ByteBuffer.wrap(nonce);
  private final byte[] additional = new byte[TRAILER_LENGTH - TAG_LENGTH];
  private byte[] scratch = {};
  private UnsafeBuffer clear = new UnsafeBuffer(scratch);

  GcmFrameCipher(StreamKey key) {
    keyId = key.id();
    this.key = new SecretKeySpec(key.key(), "AES");
    try {
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES/GCM/NoPadding", e);
    }
  }

  @Override
  void seal(MutableDirectBuffer buffer, int offset, int length, long sequence) {
    int trailer = offset + length;
    buffer.putLong(trailer + KEY_ID, keyId);
    buffer.putLong(trailer + SEQUENCE, sequence);
    load(buffer, offset, length);
    try {
      start(Cipher.ENCRYPT_MODE, buffer, trailer, sequence);
      cipher.doFinal(scratch, 0, length, scratch, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Cannot encrypt frame " + sequence + ": " + e, e);
    }
    buffer.putBytes(offset, scratch, 0, length + TAG_LENGTH);
  }

  @Override
  DirectBuffer open(DirectBuffer buffer, int offset, int length, long sequence) {
    load(buffer, offset, length);
    try {
      start(Cipher.DECRYPT_MODE, buffer, offset + length, sequence);
      cipher.doFinal(scratch, 0, length + TAG_LENGTH, scratch, 0);
      return clear;
    } catch (AEADBadTagException e) {
      return null;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Cannot decrypt frame " + sequence + ": " + e, e);
    }
  }

  @Override
  int clearOffset(int offset) {
    return 0;
  }

  private void load(DirectBuffer buffer, int offset, int length) {
    if (scratch.length < length + TAG_LENGTH) {
      scratch = new byte[length + TAG_LENGTH];
      clear = new UnsafeBuffer(scratch);
    }
    // With the tag of a received frame; of one to be sealed, that place is still without meaning.
    buffer.getBytes(offset, scratch, 0, length + TAG_LENGTH);
  }

  private void start(int direction, DirectBuffer buffer, int trailer, long sequence)
      throws GeneralSecurityException {
    nonceView.putLong(NONCE_LENGTH - Long.BYTES, sequence);
    cipher.init(direction, key, new GCMParameterSpec(8 * TAG_LENGTH, nonce));
    buffer.getBytes(trailer + KEY_ID, additional, 0, additional.length);
    cipher.updateAAD(additional);
  }
}
