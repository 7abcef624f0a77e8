/** One of some classes for each text, or pair of texts. */
package io.headwater.finetune.classify;
