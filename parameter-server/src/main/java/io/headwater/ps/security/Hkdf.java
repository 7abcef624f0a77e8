package io.headwater.ps.security;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HKDF with SHA-256: many keys from one secret.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5869">RFC 5869</a>
 */
final class Hkdf {
  static final int HASH_LENGTH = 32;
  private static final String HMAC = "HmacSHA256";

  private Hkdf() {}

  /** The pseudorandom key of some input keying material. */
  static byte[] extract(byte[] salt, byte[] material) {
    return hmac(salt.length == 0 ? new byte[HASH_LENGTH] : salt).doFinal(material);
  }

  /** {@code length} bytes of output keying material for one purpose. */
  static byte[] expand(byte[] pseudorandomKey, byte[] info, int length) {
    if (length < 1 || length > 255 * HASH_LENGTH) {
      throw new IllegalArgumentException(
          "Cannot derive " + length + " bytes: must be in [1, " + 255 * HASH_LENGTH + "]");
    }
    Mac mac = hmac(pseudorandomKey);
    byte[] output = new byte[length];
    byte[] block = {};
    for (int done = 0, counter = 1; done < length; done += HASH_LENGTH, counter++) {
      mac.update(block);
      mac.update(info);
      mac.update((byte) counter);
      block = mac.doFinal();
      System.arraycopy(block, 0, output, done, Math.min(HASH_LENGTH, length - done));
    }
    Arrays.fill(block, (byte) 0);
    return output;
  }

  /** HMAC-SHA256 (RFC 2104) under a key. */
  static Mac hmac(byte[] key) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + HMAC, e);
    }
  }
}
