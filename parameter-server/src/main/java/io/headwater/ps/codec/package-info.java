/**
 * How the elements of a chunk become bytes: a {@link io.headwater.ps.codec.ChunkCodec} writes them
 * as they are, rounded to 16 bits, as signs with two means, or the largest alone. What the last two
 * lose of a gradient {@link io.headwater.ps.codec.ErrorFeedback} adds to the next one.
 */
package io.headwater.ps.codec;
