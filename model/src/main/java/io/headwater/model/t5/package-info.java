/**
 * T5: an encoder and a decoder with relative position biases that writes the spans left out of a
 * text (Raffel et al., arXiv:1910.10683, version 1.0), in the names and the layout of Hugging
 * Face's {@code T5ForConditionalGeneration}.
 */
package io.headwater.model.t5;
