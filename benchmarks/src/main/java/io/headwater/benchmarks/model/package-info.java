/** Training steps of the language models beside PyTorch's, for speed and for loss. */
package io.headwater.benchmarks.model;
