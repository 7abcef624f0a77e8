/**
 * A {@link io.headwater.corpus.shard.Corpus} is immutable, numbered files of token ids with an
 * index, so that any worker reads any position directly. The reading side knows no Spark.
 */
package io.headwater.corpus.shard;
