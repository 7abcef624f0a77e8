/**
 * BERT: an encoder-only transformer that predicts masked tokens and whether a segment follows
 * another (Devlin et al., arXiv:1810.04805), in the names and the layout of Hugging Face's {@code
 * BertForPreTraining}.
 */
package io.headwater.model.bert;
