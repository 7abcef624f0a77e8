package io.headwater.model.gpt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.Batch;
import io.headwater.model.Decoding;
import io.headwater.model.Execution;
import io.headwater.model.GradientProgress;
import io.headwater.model.LanguageModel;
import io.headwater.model.LinearLayers;
import io.headwater.model.Losses;
import io.headwater.model.Measure;
import io.headwater.model.TokenBatch;
import io.headwater.model.layers.Dropout;
import io.headwater.model.layers.TiedHead;
import io.headwater.model.tensor.Ids;
import io.headwater.model.tensor.ParameterSpace;
import io.headwater.model.tensor.TensorModel;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A GPT that predicts the next token. */
final class GptModel implements LanguageModel, TensorModel {
  /** Lengths that vary are rounded up to a multiple, so that buffers serve several of them. */
  private static final int LENGTH_STEP = 32;

  private static final int[] WHOLE = {}; // a sequence is one document

  private final GptBody body;
  private GptBody.Shape shape;
  private TiedHead head; // of the shape
  private Tensor hostTargets; // (N, 1), of the shape
  private Tensor targets; // (N, 1), of the shape

  GptModel(GptConfig sizes, Execution execution) {
    this.body = new GptBody(sizes, GptCheckpointMapping.body(sizes), execution);
  }

  @Override
  public ObjectNode config() {
    return GptCheckpointMapping.languageModelConfig(body.sizes());
  }

  @Override
  public int contextLength() {
    return body.sizes().contextLength();
  }

  @Override
  public ParameterSpace space() {
    return body.space();
  }

  @Override
  public void initialize(long seed) {
    GptInitialization.apply(body.sizes(), layout(), parameters(), seed);
  }

  @Override
  public Losses gradient(Batch examples, GradientProgress progress) {
    TokenBatch batch = examples.as(TokenBatch.class);
    use(batch.sequences(), batch.length());
    try (PointerScope step = new PointerScope()) {
      Tensor hidden =
          shape.forward(batch.inputs(), batch.documents(), Dropout.seeded(batch.seed()));
      Targets asked = writeTargets(batch);
      Tensor logProbabilities =
          head.gradient(
              hidden, asked.ignored(), asked.counted(), batch.labelSmoothing(), shape.gradient());
      shape.backward(progress);
      return Losses.one(meanLoss(logProbabilities, asked));
    }
  }

  @Override
  public double trainingFlops(Batch batch) {
    return body.sizes().trainingFlops(batch.as(TokenBatch.class));
  }

  /** Forward only: mean cross-entropy in nats over the targets that are not ignored. */
  double loss(TokenBatch batch) {
    use(batch.sequences(), batch.length());
    try (PointerScope step = new PointerScope()) {
      Tensor hidden = shape.forward(batch.inputs(), batch.documents(), Dropout.NONE);
      Targets asked = writeTargets(batch);
      return meanLoss(head.logProbabilities(hidden), asked);
    }
  }

  @Override
  public List<Measure> measure(Batch examples) {
    TokenBatch batch = examples.as(TokenBatch.class);
    long counted =
        Arrays.stream(batch.targets()).filter(target -> target != TokenBatch.IGNORED).count();
    return List.of(new Measure("loss", loss(batch) * counted, counted));
  }

  @Override
  public float[] nextTokenLogits(int[] prompt, int[] written) {
    int[] context = Arrays.copyOf(prompt, prompt.length + written.length);
    System.arraycopy(written, 0, context, prompt.length, written.length);
    if (context.length == 0) {
      throw new IllegalArgumentException("Cannot predict a token: the context is empty");
    }
    int known = Math.min(context.length, contextLength());
    int length = Math.min(contextLength(), (known + LENGTH_STEP - 1) / LENGTH_STEP * LENGTH_STEP);
    use(1, length);
    // What stands behind the known tokens cannot be seen from their places: attention is causal.
    int[] padded =
        Arrays.copyOf(Arrays.copyOfRange(context, context.length - known, context.length), length);
    try (PointerScope step = new PointerScope()) {
      Tensor last = shape.forward(padded, WHOLE, Dropout.NONE).narrow(0, known - 1, 1);
      Tensor logits = head.logits(last).cpu();
      float[] result = new float[body.sizes().vocabularySize()];
      new FloatPointer(logits.data_ptr()).get(result);
      return result;
    }
  }

  @Override
  public Decoding decode(List<int[]> prompts, int tokens) {
    return new GptDecoding(body, prompts, tokens);
  }

  @Override
  public Batch examples(List<int[]> prompts, List<int[]> texts, double labelSmoothing, long seed) {
    int longest = 0;
    for (int row = 0; row < prompts.size(); row++) {
      longest = Math.max(longest, prompts.get(row).length + texts.get(row).length - 1);
    }
    int length = Math.min(contextLength(), (longest + LENGTH_STEP - 1) / LENGTH_STEP * LENGTH_STEP);
    int[] inputs = new int[prompts.size() * length];
    int[] targets = new int[inputs.length];
    Arrays.fill(targets, TokenBatch.IGNORED);
    for (int row = 0; row < prompts.size(); row++) {
      int[] prompt = prompts.get(row);
      int[] text = texts.get(row);
      System.arraycopy(prompt, 0, inputs, row * length, prompt.length);
      System.arraycopy(text, 0, inputs, row * length + prompt.length, text.length - 1);
      System.arraycopy(text, 0, targets, row * length + prompt.length - 1, text.length);
    }
    return new TokenBatch(prompts.size(), length, inputs, targets, WHOLE, labelSmoothing, seed);
  }

  @Override
  public int promptRoom(int tokens) {
    return contextLength() - Math.max(0, tokens - 1);
  }

  @Override
  public boolean readsPromptsApart() {
    return false;
  }

  @Override
  public LinearLayers linearLayers() {
    return GptCheckpointMapping.linearLayers(layout());
  }

  /** Its config.json does not say. */
  @Override
  public OptionalInt endOfText() {
    return OptionalInt.empty();
  }

  @Override
  public void close() {
    body.close();
  }

  /**
   * @param counted rows whose target counts
   * @param ignored (N) mask of the others; null if there are none
   */
  private record Targets(long counted, Tensor ignored) {}

  private void use(int sequences, int length) {
    GptBody.Shape wanted = body.shape(sequences, length);
    if (wanted == shape) {
      return;
    }
    shape = wanted;
    hostTargets = wanted.buffers().hostLongs(wanted.rows(), 1);
    targets = wanted.gradient().is_cpu() ? hostTargets : wanted.buffers().longs(wanted.rows(), 1);
    head = new TiedHead(body.space(), GptCheckpointMapping.TOKENS, wanted.buffers(), targets);
  }

  private Targets writeTargets(TokenBatch batch) {
    int[] wanted = batch.targets();
    long counted = Arrays.stream(wanted).filter(target -> target != TokenBatch.IGNORED).count();
    if (counted == 0) {
      throw new IllegalArgumentException("Cannot compute a loss: all targets are ignored");
    }
    boolean allCount = counted == wanted.length;
    Ids.write(
        allCount ? wanted : Arrays.stream(wanted).map(target -> Math.max(target, 0)).toArray(),
        hostTargets,
        body.sizes().vocabularySize());
    if (targets != hostTargets) {
      targets.copy_(hostTargets);
    }
    if (allCount) {
      return new Targets(counted, null);
    }
    byte[] ignored = new byte[wanted.length];
    for (int i = 0; i < wanted.length; i++) {
      ignored[i] = (byte) (wanted[i] == TokenBatch.IGNORED ? 1 : 0);
    }
    return new Targets(counted, torch.tensor(ignored).to(targets.device(), ScalarType.Bool));
  }

  private static double meanLoss(Tensor logProbabilities, Targets asked) {
    Tensor counted =
        asked.ignored() == null
            ? logProbabilities
            : logProbabilities.masked_fill(asked.ignored().view(-1, 1), new Scalar(0));
    Tensor sum = counted.sum(new ScalarTypeOptional(ScalarType.Double));
    return -sum.item_double() / asked.counted();
  }
}
