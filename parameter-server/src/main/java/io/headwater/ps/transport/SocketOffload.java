package io.headwater.ps.transport;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.nio.channels.DatagramChannel;

/**
 * Linux's socket options that let one system call carry many UDP datagrams: the kernel, or the
 * network card, cuts what is sent into datagrams ({@code UDP_SEGMENT}, Linux 4.18), and hands over
 * together what came in one after another ({@code UDP_GRO}, Linux 5.0).
 *
 * <p>Java has no names for them, so they are set through the JDK's own native method, which needs
 * {@code --add-opens java.base/sun.nio.ch=ALL-UNNAMED}.
 */
final class SocketOffload {
  /** Datagrams that the kernel makes of one buffer at most, {@code UDP_MAX_SEGMENTS}. */
  static final int MAX_SEGMENTS = 64;

  private static final int SOL_UDP = 17;
  private static final int UDP_SEGMENT = 103;
  private static final int UDP_GRO = 104;

  private final MethodHandle descriptor;
  private final MethodHandle setIntOption;

  private SocketOffload(MethodHandle descriptor, MethodHandle setIntOption) {
    this.descriptor = descriptor;
    this.setIntOption = setIntOption;
  }

  /**
   * This machine's.
   *
   * @throws UnavailableException on another system than Linux, an old kernel, or without access to
   *     the JDK's method
   */
  static SocketOffload ofThisMachine() throws UnavailableException {
    SocketOffload offload = new SocketOffload(descriptorMethod(), optionMethod());
    try (DatagramChannel probe = DatagramChannel.open()) {
      offload.segmentsOf(probe, 0);
      offload.coalesces(probe);
    } catch (IOException e) {
      throw new UnavailableException("the kernel refuses it (" + e.getMessage() + ")", e);
    }
    return offload;
  }

  /** Has the kernel cut what is sent into datagrams of so many bytes; 0: no longer. */
  void segmentsOf(DatagramChannel channel, int bytes) throws IOException {
    set(channel, UDP_SEGMENT, bytes);
  }

  /** Has the kernel hand over together what came in one after another. */
  void coalesces(DatagramChannel channel) throws IOException {
    set(channel, UDP_GRO, 1);
  }

  private void set(DatagramChannel channel, int option, int value) throws IOException {
    try {
      FileDescriptor file = (FileDescriptor) descriptor.invoke(channel);
      setIntOption.invoke(file, false, SOL_UDP, option, value, false);
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static MethodHandle descriptorMethod() throws UnavailableException {
    return method("sun.nio.ch.SelChImpl", "getFD");
  }

  private static MethodHandle optionMethod() throws UnavailableException {
    Class<?>[] parameters = {
      FileDescriptor.class, boolean.class, int.class, int.class, int.class, boolean.class
    };
    return method("sun.nio.ch.Net", "setIntOption0", parameters);
  }

  private static MethodHandle method(String type, String name, Class<?>... parameters)
      throws UnavailableException {
    if (!System.getProperty("os.name").equals("Linux")) {
      throw new UnavailableException("only Linux has it", null);
    }
    try {
      Method method = Class.forName(type).getDeclaredMethod(name, parameters);
      method.setAccessible(true);
      return MethodHandles.lookup().unreflect(method);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new UnavailableException(
          "the JVM was started without --add-opens=java.base/sun.nio.ch=ALL-UNNAMED", e);
    }
  }

  /** Datagrams have to be sent and received one by one. */
  static final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1;

    UnavailableException(String why, Throwable cause) {
      super(why, cause);
    }
  }
}
