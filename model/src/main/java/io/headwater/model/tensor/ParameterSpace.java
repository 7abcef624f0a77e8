package io.headwater.model.tensor;

import io.headwater.checkpoint.FlatVector;
import io.headwater.checkpoint.TensorLayout;
import io.headwater.model.GradientProgress;
import io.headwater.model.Precision;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A model's parameters and gradients: two flat vectors, and every tensor as a view into them.
 *
 * <p>On a CPU the views alias the flat vectors. On another device they alias copies there: {@link
 * #upload} moves the parameters before a computation, {@link #complete} the gradients in its
 * course. Where matrix products read another type than float32 there is one more copy of the
 * parameters, which {@link #upload} makes too.
 */
public final class ParameterSpace implements AutoCloseable {
  private final TensorLayout layout;
  private final FlatVector parameters;
  private final FlatVector gradients;
  private final Buffers views;
  private final Tensor hostParameters;
  private final Tensor hostGradients;
  private final Tensor deviceParameters;
  private final Tensor deviceGradients;
  private long completeFrom; // the gradients of this computation, so far
  private final Tensor operands; // the device's parameters themselves in float32

  /** Whose operands are float32. */
  public ParameterSpace(TensorLayout layout, Device device) {
    this(layout, device, Precision.FP32);
  }

  public ParameterSpace(TensorLayout layout, Device device, Precision precision) {
    this.layout = layout;
    this.parameters = FlatVector.allocate(layout.elements());
    this.gradients = FlatVector.allocate(layout.elements());
    this.views = new Buffers(device, precision);
    this.hostParameters = wrap(parameters);
    this.hostGradients = wrap(gradients);
    this.deviceParameters = device.is_cpu() ? hostParameters : views.floats(layout.elements());
    this.deviceGradients = device.is_cpu() ? hostGradients : views.floats(layout.elements());
    this.operands = precision.isBf16() ? views.operands(layout.elements()) : deviceParameters;
  }

  public TensorLayout layout() {
    return layout;
  }

  public FlatVector parameters() {
    return parameters;
  }

  public FlatVector gradients() {
    return gradients;
  }

  /** Lives as long as this space; shaped as in the layout. */
  public Tensor parameter(String name) {
    return view(deviceParameters, layout.entry(name));
  }

  /** Lives as long as this space; shaped as in the layout. */
  public Tensor gradient(String name) {
    return view(deviceGradients, layout.entry(name));
  }

  /** The type that matrix products read. */
  public ScalarType operandType() {
    return operands.scalar_type();
  }

  /** The parameter as matrix products read it. Lives as long as this space. */
  public Tensor operand(String name) {
    return view(operands, layout.entry(name));
  }

  /** As {@link #parameter(List)}, of the operands. */
  public Tensor operand(List<String> names) {
    return stacked(operands, names);
  }

  /** Entries that stand one behind the other, stacked along their first dimension. */
  public Tensor parameter(List<String> names) {
    return stacked(deviceParameters, names);
  }

  /** As {@link #parameter(List)}, of the gradients. */
  public Tensor gradient(List<String> names) {
    return stacked(deviceGradients, names);
  }

  private Tensor stacked(Tensor flat, List<String> names) {
    TensorLayout.Entry first = layout.entry(names.get(0));
    long[] shape = first.shape().stream().mapToLong(Long::longValue).toArray();
    long end = first.end();
    for (String name : names.subList(1, names.size())) {
      TensorLayout.Entry next = layout.entry(name);
      if (next.offset() != end) {
        throw new IllegalArgumentException(name + " does not stand behind " + names.get(0));
      }
      shape[0] += next.shape().get(0);
      end = next.end();
    }
    return views.keep(views.keep(flat.narrow(0, first.offset(), end - first.offset())).view(shape));
  }

  /** Ties a view of a parameter to this space. */
  public <P extends Pointer> P keep(P view) {
    return views.keep(view);
  }

  /** Where the entries begin whose names begin with {@code prefix}. */
  public long begin(String prefix) {
    return layout.entries().stream()
        .filter(entry -> entry.name().startsWith(prefix))
        .mapToLong(TensorLayout.Entry::offset)
        .min()
        .orElseThrow(() -> new IllegalArgumentException("No parameter begins with " + prefix));
  }

  /** To be called before each computation. */
  public void upload() {
    completeFrom = layout.elements();
    if (deviceParameters != hostParameters) {
      deviceParameters.copy_(hostParameters);
    }
    if (operands != deviceParameters) {
      operands.copy_(deviceParameters);
    }
  }

  /**
   * The gradients of this computation are complete from an element on: says so, once they are in
   * {@link #gradients()}. To be called with 0 in the end.
   */
  public void complete(long from, GradientProgress progress) {
    if (deviceGradients != hostGradients) {
      long count = completeFrom - from;
      hostGradients.narrow(0, from, count).copy_(deviceGradients.narrow(0, from, count));
    }
    completeFrom = from;
    progress.finalFrom(from);
  }

  private Tensor view(Tensor flat, TensorLayout.Entry entry) {
    long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
    Tensor range = views.keep(flat.narrow(0, entry.offset(), entry.elements()));
    return views.keep(range.view(shape));
  }

  private Tensor wrap(FlatVector vector) {
    return views.keep(torch.from_blob(views.keep(new Address(vector)), vector.elements()));
  }

  @Override
  public void close() {
    views.close();
    parameters.close();
    gradients.close();
  }

  /** A flat vector's memory as JavaCPP sees it; frees nothing. */
  private static final class Address extends FloatPointer {
    Address(FlatVector vector) {
      super((Pointer) null);
      this.address = vector.address();
      this.limit = vector.elements();
      this.capacity = vector.elements();
    }
  }
}
