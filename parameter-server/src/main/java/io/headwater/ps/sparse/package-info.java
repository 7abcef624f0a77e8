/**
 * Tables of rows by 64-bit id, for embeddings: a row exists from its first touch on, and only rows
 * that are pushed to are updated.
 *
 * <p>A {@link io.headwater.ps.sparse.SparseTable} is one shard's part of one table: rows and
 * optimizer state side by side outside the heap, owned by the shard's thread.
 */
package io.headwater.ps.sparse;
