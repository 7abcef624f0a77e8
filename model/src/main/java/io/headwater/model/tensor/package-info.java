/**
 * LibTorch at arm's length: flat vectors seen as tensors, buffers that live as long as their shape,
 * and the engine's threads.
 */
package io.headwater.model.tensor;
