package io.headwater.model.t5;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.checkpoint.UserException;
import io.headwater.model.Batch;
import io.headwater.model.Decoding;
import io.headwater.model.Execution;
import io.headwater.model.GradientProgress;
import io.headwater.model.LanguageModel;
import io.headwater.model.LinearLayers;
import io.headwater.model.Losses;
import io.headwater.model.Measure;
import io.headwater.model.SpanBatch;
import io.headwater.model.TokenBatch;
import io.headwater.model.layers.Dropout;
import io.headwater.model.layers.TiedHead;
import io.headwater.model.tensor.Buffers;
import io.headwater.model.tensor.Engine;
import io.headwater.model.tensor.Ids;
import io.headwater.model.tensor.ParameterSpace;
import io.headwater.model.tensor.TensorModel;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A T5 that writes the spans left out of a text, or what else it has learnt to. */
final class T5Model implements LanguageModel, TensorModel {
  private static final int LENGTH_STEP = 8;

  private final T5Config sizes;
  private final Execution execution;
  private final Device device;
  private final ParameterSpace space;
  private final Tensor tokens; // (V, D)
  private final Tensor tokensGradient;
  private final T5Stack encoder;
  private final T5Stack decoder;
  private final double outputScale;
  private Shape shape;

  T5Model(T5Config sizes, Execution execution) {
    this.sizes = sizes;
    this.execution = execution;
    this.device = Engine.device(execution);
    this.space =
        new ParameterSpace(T5CheckpointMapping.layout(sizes), device, execution.precision());
    this.tokens = space.parameter(T5CheckpointMapping.TOKENS);
    this.tokensGradient = space.gradient(T5CheckpointMapping.TOKENS);
    this.encoder = T5Stack.encoder(space, sizes, execution.recomputesActivations());
    this.decoder = T5Stack.decoder(space, sizes, execution.recomputesActivations());
    this.outputScale = 1 / Math.sqrt(sizes.hiddenSize());
  }

  @Override
  public ObjectNode config() {
    return T5CheckpointMapping.config(sizes);
  }

  @Override
  public int contextLength() {
    return sizes.contextLength();
  }

  @Override
  public ParameterSpace space() {
    return space;
  }

  @Override
  public void initialize(long seed) {
    T5Initialization.apply(sizes, layout(), parameters(), seed);
  }

  @Override
  public Losses gradient(Batch examples, GradientProgress progress) {
    SpanBatch batch = use(examples);
    try (PointerScope step = new PointerScope()) {
      Forward forward = forward(batch, Dropout.seeded(batch.seed()));
      Tensor dOutput = torch.empty_like(forward.output);
      Tensor logProbabilities =
          shape.head.gradient(
              forward.output, forward.ignored, forward.counted, batch.labelSmoothing(), dOutput);
      double loss = sum(logProbabilities, forward) / forward.counted;
      Tensor memory = forward.encoded.y();
      Tensor dMemory = torch.zeros_like(memory);
      Tensor dOutputs =
          decoder.backward(
              forward.decoded, dOutput.mul_(new Scalar(outputScale)), dMemory, progress);
      Tensor dInputs = encoder.backward(forward.encoded, dMemory, null, progress);
      tokensGradient.index_add_(0, shape.outputs, dOutputs); // on what the head has written
      tokensGradient.index_add_(0, shape.inputs, dInputs);
      space.complete(0, progress);
      return Losses.one(loss);
    }
  }

  @Override
  public double trainingFlops(Batch batch) {
    return sizes.trainingFlops(batch.as(SpanBatch.class));
  }

  @Override
  public List<Measure> measure(Batch examples) {
    SpanBatch batch = use(examples);
    try (PointerScope step = new PointerScope()) {
      Forward forward = forward(batch, Dropout.NONE);
      double loss = sum(shape.head.logProbabilities(forward.output), forward);
      return List.of(new Measure("loss", loss, forward.counted));
    }
  }

  /**
   * @param prompt what the encoder reads; its end of sequence is added here
   */
  @Override
  public float[] nextTokenLogits(int[] prompt, int[] written) {
    int[] input = ended(prompt);
    int[] targets = Arrays.copyOf(written, written.length + 1); // the last one is not looked at
    SpanBatch batch = use(new SpanBatch(1, input, new int[] {input.length}, targets, 0));
    try (PointerScope step = new PointerScope()) {
      Tensor output = forward(batch, Dropout.NONE).output;
      return logits(output.narrow(0, written.length, 1));
    }
  }

  /**
   * @param prompts what the encoder reads; their end of sequence is added here
   */
  @Override
  public Decoding decode(List<int[]> prompts, int tokens) {
    return new T5Decoding(this, prompts.stream().map(this::ended).toList(), tokens);
  }

  /**
   * @param prompts what the encoder reads; their end of sequence is added here
   */
  @Override
  public Batch examples(List<int[]> prompts, List<int[]> texts, double labelSmoothing, long seed) {
    List<int[]> read = prompts.stream().map(this::ended).toList();
    int length = Math.min(sizes.contextLength(), longest(read));
    int targetLength = longest(texts);
    int[] inputs = new int[read.size() * length];
    int[] lengths = new int[read.size()];
    int[] targets = new int[read.size() * targetLength];
    Arrays.fill(inputs, sizes.tokens().padding());
    Arrays.fill(targets, TokenBatch.IGNORED);
    for (int row = 0; row < lengths.length; row++) {
      lengths[row] = read.get(row).length;
      System.arraycopy(read.get(row), 0, inputs, row * length, lengths[row]);
      System.arraycopy(texts.get(row), 0, targets, row * targetLength, texts.get(row).length);
    }
    return new SpanBatch(lengths.length, inputs, lengths, targets, labelSmoothing, seed);
  }

  /** The longest one's length, rounded up so that few shapes occur. */
  private static int longest(List<int[]> texts) {
    int longest = texts.stream().mapToInt(text -> text.length).max().orElseThrow();
    return (longest + LENGTH_STEP - 1) / LENGTH_STEP * LENGTH_STEP;
  }

  @Override
  public int promptRoom(int tokens) {
    return sizes.contextLength() - 1;
  }

  @Override
  public boolean readsPromptsApart() {
    return true;
  }

  @Override
  public LinearLayers linearLayers() {
    return T5CheckpointMapping.linearLayers(layout());
  }

  @Override
  public OptionalInt endOfText() {
    return OptionalInt.of(sizes.tokens().endOfSequence());
  }

  @Override
  public void close() {
    if (shape != null) {
      shape.buffers.close();
    }
    space.close();
  }

  private int[] ended(int[] prompt) {
    int[] input = Arrays.copyOf(prompt, prompt.length + 1);
    input[prompt.length] = sizes.tokens().endOfSequence();
    return input;
  }

  T5Config sizes() {
    return sizes;
  }

  Device device() {
    return device;
  }

  /** (V, D) */
  Tensor tokens() {
    return tokens;
  }

  T5Stack decoder() {
    return decoder;
  }

  /**
   * Encodes inputs.
   *
   * @param inputs (B, T) row-major
   * @param padding (B, 1, 1, T): true behind an input's end; null if no input is short
   * @return (B * T, D)
   */
  Tensor encode(int[] inputs, int sequences, Tensor padding) {
    Engine.enter(execution);
    space.upload();
    Tensor ids = Ids.tensor(inputs, sizes.vocabularySize(), device);
    return encoder.forward(tokens.index_select(0, ids), null, sequences, padding, Dropout.NONE).y();
  }

  /**
   * Reads a token more of each text.
   *
   * @see T5Stack#extend
   * @return scores of the tokens that follow, (R, V) row-major
   */
  float[] extend(int[] ids, int place, T5Stack.Caches caches, Tensor padding) {
    Engine.enter(execution);
    Tensor embedded = tokens.index_select(0, Ids.tensor(ids, sizes.vocabularySize(), device));
    Tensor hidden = decoder.extend(embedded, place, caches, padding);
    return logits(hidden.mul_(new Scalar(outputScale)));
  }

  private float[] logits(Tensor output) {
    Tensor scores = torch.mm(output, tokens.t()).cpu();
    float[] result = new float[Math.toIntExact(scores.numel())];
    new FloatPointer(scores.data_ptr()).get(result);
    return result;
  }

  /**
   * A forward pass up to the head.
   *
   * @param output (B * U, D), scaled
   * @param ignored (B * U), targets that do not count
   */
  private record Forward(
      T5Stack.Result encoded,
      T5Stack.Result decoded,
      Tensor output,
      Tensor ignored,
      long counted) {}

  private Forward forward(SpanBatch batch, Dropout drops) {
    space.upload();
    Tensor padding = padding(batch);
    T5Stack.Result encoded =
        encoder.forward(
            tokens.index_select(0, shape.inputs), null, batch.sequences(), padding, drops.part(0));
    T5Stack.Result decoded =
        decoder.forward(
            tokens.index_select(0, shape.outputs),
            encoded.y(),
            batch.sequences(),
            padding,
            drops.part(1));
    byte[] ignored = new byte[batch.targets().length];
    long counted = 0;
    for (int i = 0; i < ignored.length; i++) {
      ignored[i] = (byte) (batch.targets()[i] == TokenBatch.IGNORED ? 1 : 0);
      counted += 1 - ignored[i];
    }
    if (counted == 0) {
      throw new IllegalArgumentException("Cannot compute a loss: no token is asked for");
    }
    return new Forward(
        encoded,
        decoded,
        decoded.y().mul(new Scalar(outputScale)),
        torch.tensor(ignored).to(device, ScalarType.Bool),
        counted);
  }

  /** (B, 1, 1, T): true behind an input's end; null if no input is short. */
  private Tensor padding(SpanBatch batch) {
    byte[] behind = new byte[batch.inputs().length];
    boolean any = false;
    for (int row = 0; row < batch.sequences(); row++) {
      for (int place = batch.lengths()[row]; place < batch.length(); place++) {
        behind[row * batch.length() + place] = 1;
        any = true;
      }
    }
    return any
        ? torch
            .tensor(behind)
            .to(device, ScalarType.Bool)
            .view(batch.sequences(), 1, 1, batch.length())
        : null;
  }

  private static double sum(Tensor logProbabilities, Forward forward) {
    return -logProbabilities
        .masked_fill(forward.ignored.view(-1, 1), new Scalar(0))
        .sum(new ScalarTypeOptional(ScalarType.Double))
        .item_double();
  }

  /** Buffers of one batch shape. */
  private final class Shape {
    private final int sequences;
    private final int length;
    private final int targetLength;
    private final Buffers buffers = new Buffers(device, execution.precision());
    private final Tensor inputs; // (B * T)
    private final Tensor outputs; // (B * U): what the decoder reads, the targets one later
    private final Tensor targets; // (B * U, 1)
    private final TiedHead head;

    Shape(SpanBatch batch) {
      sequences = batch.sequences();
      length = batch.length();
      targetLength = batch.targetLength();
      inputs = buffers.longs(batch.inputs().length);
      outputs = buffers.longs(batch.targets().length);
      targets = buffers.longs(batch.targets().length, 1);
      head = new TiedHead(space, T5CheckpointMapping.TOKENS, buffers, targets);
    }

    boolean fits(SpanBatch batch) {
      return sequences == batch.sequences()
          && length == batch.length()
          && targetLength == batch.targetLength();
    }

    void fill(SpanBatch batch) {
      int[] wanted = new int[batch.targets().length];
      int[] read = new int[wanted.length];
      for (int i = 0; i < wanted.length; i++) {
        int target = batch.targets()[i];
        wanted[i] = target == TokenBatch.IGNORED ? sizes.tokens().padding() : target;
        read[i] = i % targetLength == 0 ? sizes.tokens().padding() : wanted[i - 1];
      }
      copy(batch.inputs(), inputs);
      copy(read, outputs);
      copy(wanted, targets);
    }

    private void copy(int[] ids, Tensor into) {
      if (into.is_cpu()) {
        Ids.write(ids, into, sizes.vocabularySize());
      } else {
        try (Buffers host = new Buffers(device)) {
          Tensor staged = host.hostLongs(ids.length);
          Ids.write(ids, staged, sizes.vocabularySize());
          into.view(-1).copy_(staged);
        }
      }
    }
  }

  private SpanBatch use(Batch examples) {
    SpanBatch batch = examples.as(SpanBatch.class);
    if (batch.length() > sizes.contextLength()) {
      throw new UserException(
          "Cannot read sequences of "
              + batch.length()
              + " tokens: the model's context length is "
              + sizes.contextLength());
    }
    Engine.enter(execution);
    if (shape == null || !shape.fits(batch)) {
      if (shape != null) {
        shape.buffers.close();
      }
      shape = new Shape(batch);
    }
    shape.fill(batch);
    return batch;
  }
}
