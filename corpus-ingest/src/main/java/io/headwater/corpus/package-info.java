/**
 * Ingest: a Spark job that turns raw documents into a corpus, the folder of {@linkplain
 * io.headwater.corpus.shard.Corpus shards} that training reads. The same input and seed give the
 * same bytes, whatever the number of executors.
 */
package io.headwater.corpus;
