package io.headwater.driver.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class HtmlReportTest {
  @TempDir private Path folder;

  @Test
  void drawsEveryLoggedStepAndEscapesWhatItShows() throws Exception {
    Path metrics = folder.resolve("metrics.jsonl");
    Files.writeString(
        metrics,
        """
        {"step":1,"loss":4.2,"tokens_per_second":10.0}
        {"step":10,"loss":3.0,"tokens_per_second":2000.0}
        {"step":20,"loss":2.5,"tokens_per_second":2100.0}
        """);
    String run =
        "{\"run_id\":\"a <b> & c\",\"results\":{\"final_loss\":2.5},"
            + "\"configuration\":{\"training\":{\"steps\":20}}}";
    String html = HtmlReport.ofRun(new ObjectMapper().readTree(run), metrics).toHtml();

    Document page = parse(html);
    assertThat(page.getElementsByTagName("h1").item(0).getTextContent())
        .isEqualTo("Pretraining run a <b> & c");
    assertThat(points(page, 0)).isEqualTo(3);
    assertThat(points(page, 1)).as("the first step includes the start").isEqualTo(2);
    assertThat(html).contains("<th>training.steps</th><td>20</td>");
    assertThat(html).doesNotContain("http://").doesNotContain("https://").doesNotContain("<script");
  }

  @Test
  void saysSoWhereThereIsNothingToDraw() throws Exception {
    Path metrics = Files.createFile(folder.resolve("metrics.jsonl"));
    String html = HtmlReport.ofRun(new ObjectMapper().createObjectNode(), metrics).toHtml();
    assertThat(html).contains("too few steps to draw");
  }

  @Test
  void drawsSeveralLinesOverALogarithmicAxisAndNamesThem() throws Exception {
    HtmlReport report = new HtmlReport("Two lines");
    report.chart(
        new LineChart(
            "score",
            List.of(
                new LineChart.Series("with <a>", points(1, 0.5, 10, 0.7, 100, 0.9)),
                new LineChart.Series("without", points(1, 0.1, 100, Double.NaN))),
            LineChart.Scale.LOGARITHMIC));
    report.table("Scores", List.of("share", "score"), List.of(List.of("1 %", "0.5")));
    Document page = parse(report.toHtml());

    assertThat(points(page, 0)).isEqualTo(3);
    assertThat(points(page, 1)).as("what is no number is left out").isEqualTo(1);
    String middle =
        page.getElementsByTagName("polyline")
            .item(0)
            .getAttributes()
            .getNamedItem("points")
            .getTextContent()
            .split(" ")[1];
    assertThat(middle).as("10 lies half-way between 1 and 100").startsWith("346.0,");
    assertThat(page.getElementsByTagName("li").item(0).getTextContent()).isEqualTo("with <a>");
    assertThat(page.getElementsByTagName("td").item(1).getTextContent()).isEqualTo("0.5");
  }

  private static List<LineChart.Point> points(double... values) {
    return IntStream.range(0, values.length / 2)
        .mapToObj(i -> new LineChart.Point(values[2 * i], values[2 * i + 1]))
        .toList();
  }

  private static int points(Document page, int chart) {
    return page.getElementsByTagName("polyline")
        .item(chart)
        .getAttributes()
        .getNamedItem("points")
        .getTextContent()
        .trim()
        .split(" ")
        .length;
  }

  private static Document parse(String html) throws Exception {
    String xml = html.replace("<!doctype html>", "").replaceAll("<meta ([^>]*)>", "<meta $1/>");
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)));
  }
}
