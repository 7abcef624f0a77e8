package io.headwater.model.head;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.LabelledBatch;
import io.headwater.model.Target;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A number for each text, by mean squared error. */
public record RegressionHead() implements TaskHead {
  static final String PROBLEM = "regression";

  @Override
  public String architecture() {
    return ClassificationHead.ARCHITECTURE;
  }

  @Override
  public void describe(ObjectNode config) {
    config.put("problem_type", PROBLEM);
    TaskHead.writeLabels(config, List.of("LABEL_0"));
  }

  @Override
  public boolean readsSummary() {
    return true;
  }

  @Override
  public Optional<Scorer> scorer(Scorer ofSummary) {
    return Optional.of(ofSummary);
  }

  @Override
  public int outputs() {
    return 1;
  }

  @Override
  public Readout readout(Body body) {
    return body.summary();
  }

  @Override
  public Loss loss() {
    return RegressionHead::squaredError;
  }

  private static Loss.Result squaredError(Tensor outputs, LabelledBatch batch) {
    float[] values = batch.target().as(Target.Values.class).values();
    Tensor wanted = torch.tensor(values).to(outputs.device(), outputs.scalar_type()).view(-1, 1);
    Tensor error = outputs.sub(wanted); // (B, 1)
    double loss = error.mul(error).mean().item_double();
    return new Loss.Result(loss, error.mul_(new Scalar(2.0 / values.length)));
  }
}
