package io.headwater.driver.config;

/**
 * Where the workers' Spark job runs.
 *
 * @param master Spark master URL; empty = that of spark-submit, else this machine
 */
public record SparkSection(
    @Setting(
            value = "Spark master URL; empty: that of spark-submit, else this machine",
            defaultValue = "")
        String master) {}
