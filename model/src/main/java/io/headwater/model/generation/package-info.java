/**
 * Writing text with any language model: which of the scored tokens to take ({@link
 * io.headwater.model.generation.Strategy}), and when to end.
 */
package io.headwater.model.generation;
