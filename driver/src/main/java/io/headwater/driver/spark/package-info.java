/** The Spark application of a run: its session, its workers and what they report, its shards. */
package io.headwater.driver.spark;
