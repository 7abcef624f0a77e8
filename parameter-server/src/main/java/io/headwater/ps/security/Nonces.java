package io.headwater.ps.security;

import io.headwater.ps.security.HandshakeMessage.Block;
import java.security.SecureRandom;

/** Where unpredictable bytes come from. */
final class Nonces {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Nonces() {}

  static Block next() {
    byte[] bytes = new byte[Block.LENGTH];
    RANDOM.nextBytes(bytes);
    return new Block(bytes);
  }
}
