/**
 * GPT: a decoder-only transformer that predicts the next token (Radford et al. 2019), in the names
 * and the layout of Hugging Face's {@code GPT2LMHeadModel}.
 */
package io.headwater.model.gpt;
