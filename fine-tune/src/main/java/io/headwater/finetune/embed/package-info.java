/** Vectors of texts that are near where the texts mean the same, learned from pairs. */
package io.headwater.finetune.embed;
