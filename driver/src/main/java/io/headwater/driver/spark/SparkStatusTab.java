package io.headwater.driver.spark;

import io.headwater.driver.status.RunStatus;
import io.headwater.driver.status.StatusHtml;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.ui.SparkUI;
import org.apache.spark.ui.SparkUITab;
import org.apache.spark.ui.UIUtils;
import org.apache.spark.ui.WebUIPage;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.xml.Node;
import scala.xml.Unparsed;

/**
 * The run's status as a tab of Spark's own web page, behind whatever proxy and access rules that
 * has. Spark has no public interface for tabs; these classes are what its own SQL tab and other
 * projects' tabs are made of.
 */
public final class SparkStatusTab extends SparkUITab {
  private static final String PREFIX = "headwater";

  private SparkStatusTab(SparkUI ui, RunStatus status) {
    super(ui, PREFIX);
    attachPage(new Page(this, status));
  }

  /** Adds the tab, where Spark's page is not switched off. */
  public static void attach(SparkSession session, RunStatus status) {
    Option<SparkUI> ui = session.sparkContext().ui();
    if (ui.isDefined()) {
      ui.get().attachTab(new SparkStatusTab(ui.get(), status));
    }
  }

  private static final class Page extends WebUIPage {
    private final SparkStatusTab tab;
    private final RunStatus status;

    private Page(SparkStatusTab tab, RunStatus status) {
      super("");
      this.tab = tab;
      this.status = status;
    }

    @Override
    public Seq<Node> render(HttpServletRequest request) {
      Node content = new Unparsed(StatusHtml.fragment(status.report()));
      Seq<Node> nodes = CollectionConverters.asScala(java.util.List.of(content)).toSeq();
      return UIUtils.headerSparkPage(
          request, "Run", () -> nodes, tab, Option.empty(), false, false);
    }
  }
}
