package io.headwater.driver.quickstart;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.corpus.IngestReport;
import io.headwater.driver.pretrain.PretrainingReport;
import io.headwater.driver.report.HtmlReport;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the quickstart came to.
 *
 * @param pretrained accuracy of the fine-tuned model by seed
 * @param scratch accuracy of the same network from random weights, by seed
 * @param sample text drawn from the pretrained model
 * @param page the report for people
 */
public record QuickstartReport(
    IngestReport ingest,
    PretrainingReport pretraining,
    List<Double> pretrained,
    List<Double> scratch,
    String sample,
    Path page,
    double seconds) {
  /** As {@code --json} prints it. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("status", "succeeded");
    ObjectNode corpus = json.putObject("ingest");
    corpus.put("tokens", ingest.manifest().tokens());
    corpus.put("documents", ingest.manifest().input().documentsKept());
    json.set("pretrain", pretraining.toJson());
    ObjectNode finetune = json.putObject("finetune");
    put(finetune.putObject("pretrained"), pretrained);
    put(finetune.putObject("scratch"), scratch);
    json.put("sample", sample);
    json.put("report", page.toString());
    json.put("seconds", seconds);
    return json;
  }

  /** The closing table: name and value. */
  public Map<String, String> table() {
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put(
        "corpus",
        format(
            "%,d documents, %,d tokens",
            ingest.manifest().input().documentsKept(), ingest.manifest().tokens()));
    rows.put("throughput", format("%,.0f tokens/s", pretraining.tokensPerSecond()));
    rows.put("loss", format("%.3f -> %.3f nats", pretraining.firstLoss(), pretraining.finalLoss()));
    rows.put("accuracy, pretrained", percent(pretrained));
    rows.put("accuracy, scratch", percent(scratch));
    return rows;
  }

  void writePage(Path metrics) {
    HtmlReport html = new HtmlReport("Headwater quickstart");
    html.table("What came out", table());
    HtmlReport.charts(metrics).forEach(html::chart);
    html.text("A sample of the pretrained model", sample);
    html.write(page);
  }

  private static void put(ObjectNode node, List<Double> accuracies) {
    node.put("accuracy", mean(accuracies));
    accuracies.forEach(node.putArray("by_seed")::add);
  }

  private static String percent(List<Double> accuracies) {
    return format(
        "%.1f%% (mean of %d seeds: %s)",
        100 * mean(accuracies),
        accuracies.size(),
        String.join(", ", accuracies.stream().map(a -> format("%.1f", 100 * a)).toList()));
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
