/** A number for each text, or pair of texts. */
package io.headwater.finetune.regress;
