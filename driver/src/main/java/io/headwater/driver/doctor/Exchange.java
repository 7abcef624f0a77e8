package io.headwater.driver.doctor;

import java.nio.ByteBuffer;

/**
 * What a doctor sends a peer and gets back: a mark, the peer's time, and padding. An answer is as
 * long as its question, so that nobody can be flooded through a peer.
 */
final class Exchange {
  static final int LEAST = 2 * Long.BYTES;
  private static final long QUESTION = 0x6865_6164_7761_7401L;
  private static final long ANSWER = 0x6865_6164_7761_7402L;

  private Exchange() {}

  static byte[] question(int length) {
    return ByteBuffer.allocate(length).putLong(QUESTION).array();
  }

  static boolean isQuestion(byte[] data, int length) {
    return length >= LEAST && ByteBuffer.wrap(data).getLong() == QUESTION;
  }

  static byte[] answer(int length, long nowMillis) {
    return ByteBuffer.allocate(length).putLong(ANSWER).putLong(nowMillis).array();
  }

  static boolean isAnswer(byte[] data, int length) {
    return length >= LEAST && ByteBuffer.wrap(data).getLong() == ANSWER;
  }

  /** When the peer answered, by its clock. */
  static long millis(byte[] answer) {
    return ByteBuffer.wrap(answer).getLong(Long.BYTES);
  }
}
