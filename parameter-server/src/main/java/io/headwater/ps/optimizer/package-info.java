/**
 * Optimizers, their schedules and their arithmetic kernels, the same for a parameter shard and for
 * a single process.
 */
package io.headwater.ps.optimizer;
