package io.headwater.driver;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/** The modules' arrows, and the rooms that heavy libraries keep to. */
@AnalyzeClasses(packages = "io.headwater", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule ARROWS_POINT_ONE_WAY =
      Architectures.layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("checkpoint")
          .definedBy("io.headwater.checkpoint..")
          .layer("corpus-ingest")
          .definedBy("io.headwater.corpus..")
          .layer("parameter-server")
          .definedBy("io.headwater.ps..")
          .layer("model")
          .definedBy("io.headwater.model..")
          .layer("worker")
          .definedBy("io.headwater.worker..")
          .layer("fine-tune")
          .definedBy("io.headwater.finetune..")
          .layer("driver")
          .definedBy("io.headwater.driver..")
          .whereLayer("driver")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("fine-tune")
          .mayOnlyBeAccessedByLayers("driver")
          .whereLayer("worker")
          .mayOnlyBeAccessedByLayers("fine-tune", "driver")
          .whereLayer("model")
          .mayOnlyBeAccessedByLayers("worker", "fine-tune", "driver")
          .whereLayer("parameter-server")
          .mayOnlyBeAccessedByLayers("worker", "fine-tune", "driver")
          .whereLayer("corpus-ingest")
          .mayOnlyBeAccessedByLayers("worker", "fine-tune", "driver");

  @ArchTest
  static final ArchRule FINE_TUNE_KNOWS_THE_OPTIMIZER_ALONE_OF_THE_PARAMETER_SERVER =
      noClasses()
          .that()
          .resideInAPackage("io.headwater.finetune..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.headwater.ps.client..", "io.headwater.ps.server..", "io.headwater.ps.protocol..");

  @ArchTest
  static final ArchRule WORKERS_DO_NOT_KNOW_THE_SERVERS =
      noClasses()
          .that()
          .resideInAPackage("io.headwater.worker..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.headwater.ps.server..");

  @ArchTest
  static final ArchRule PACKAGES_OF_THE_DRIVER_DO_NOT_GO_IN_CIRCLES =
      SlicesRuleDefinition.slices().matching("io.headwater.driver.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule SPARK_STOPS_AT_DRIVER_AND_CORPUS =
      stopsAt("org.apache.spark..", "io.headwater.driver..", "io.headwater.corpus..");

  @ArchTest
  static final ArchRule HADOOP_STOPS_AT_CHECKPOINT_AND_CORPUS =
      stopsAt("org.apache.hadoop..", "io.headwater.checkpoint..", "io.headwater.corpus..");

  @ArchTest
  static final ArchRule AERON_STOPS_AT_THE_PARAMETER_SERVER =
      stopsAt("io.aeron..", "io.headwater.ps..");

  @ArchTest
  static final ArchRule LIBTORCH_STOPS_AT_MODEL = stopsAt("org.bytedeco..", "io.headwater.model..");

  @ArchTest
  static final ArchRule LUCENE_STOPS_AT_THE_WORDS_OF_CORPUS =
      stopsAt("org.apache.lucene..", "io.headwater.corpus.words..");

  @ArchTest
  static final ArchRule DEEPLEARNING4J_STOPS_AT_MODEL_AND_FINE_TUNE =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.headwater.model..", "io.headwater.finetune..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.deeplearning4j..", "org.nd4j..");

  private static ArchRule stopsAt(String library, String... rooms) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(rooms)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library);
  }
}
