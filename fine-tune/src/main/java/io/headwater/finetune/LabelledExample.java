package io.headwater.finetune;

/**
 * One text and its label.
 *
 * @param line of the file, from 1
 */
record LabelledExample(String text, String label, long line) {}
