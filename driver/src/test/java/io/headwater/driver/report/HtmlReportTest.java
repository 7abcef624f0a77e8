package io.headwater.driver.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
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
