/**
 * A {@link io.headwater.corpus.tokenize.Tokenizer} turns text into token ids and back; each one is
 * a {@code tokenizer.json} that Hugging Face tokenizers load and encode identically with.
 */
package io.headwater.corpus.tokenize;
