/** Fine-tunes a checkpoint, as a run. */
package io.headwater.driver.finetune;
