/**
 * The model families. A {@link io.headwater.model.Model} owns named parameter tensors in one flat
 * vector, computes a loss for a batch and the gradient of every parameter, on one device and one
 * thread of control; it knows no Spark, no Aeron, no shard. LibTorch does not leave this module.
 */
package io.headwater.model;
