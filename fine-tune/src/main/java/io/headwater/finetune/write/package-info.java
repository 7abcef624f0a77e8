/**
 * Fine-tuning models to write a text for a text: translation, summaries, answers to instructions;
 * and scoring what they write against what was wanted.
 */
package io.headwater.finetune.write;
