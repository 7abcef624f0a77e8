package io.headwater.model.tensor;

import io.headwater.model.Precision;
import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Tensors that outlive a step and are freed together.
 *
 * <p>Must be filled outside any {@code PointerScope}, which would free them at its end.
 */
public final class Buffers implements AutoCloseable {
  private final Device device;
  private final ScalarType operandType;
  private final Deque<Pointer> owned = new ArrayDeque<>();

  /** Whose operands are float32. */
  public Buffers(Device device) {
    this(device, Precision.FP32);
  }

  public Buffers(Device device, Precision precision) {
    this.device = device;
    this.operandType = Operands.type(precision);
  }

  /** Zeros of float32 on the device. */
  public Tensor floats(long... shape) {
    return zeros(ScalarType.Float, device, shape);
  }

  /** Zeros on the device, of the type that matrix products read. */
  public Tensor operands(long... shape) {
    return zeros(operandType, device, shape);
  }

  /** Zeros of int64 on the device: indices. */
  public Tensor longs(long... shape) {
    return zeros(ScalarType.Long, device, shape);
  }

  /** Zeros of int64 on the host: where Java writes indices before they go to the device. */
  public Tensor hostLongs(long... shape) {
    return zeros(ScalarType.Long, new Device("cpu"), shape);
  }

  public Scalar scalar(double value) {
    return keep(new Scalar(value));
  }

  /** Ties a view, or anything else native, to these buffers. */
  public <P extends Pointer> P keep(P pointer) {
    owned.push(pointer);
    return pointer;
  }

  private Tensor zeros(ScalarType type, Device on, long... shape) {
    TensorOptions options =
        new TensorOptions().dtype(new ScalarTypeOptional(type)).device(new DeviceOptional(on));
    return keep(torch.zeros(shape, options));
  }

  @Override
  public void close() {
    while (!owned.isEmpty()) {
      owned.pop().close();
    }
  }
}
