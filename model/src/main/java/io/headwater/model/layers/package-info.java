/**
 * The vocabulary of layers that the families are written in: each has a forward and a backward pass
 * over caller-owned buffers, and writes its parameters' gradients straight into the flat vector.
 *
 * <p>Shapes: B sequences of T tokens, N = B * T rows, width D, H heads, vocabulary V.
 */
package io.headwater.model.layers;
