/**
 * Runs jobs: {@link io.headwater.driver.Headwater} is where a process starts, the commands are in
 * {@code cli}, what they set going is in {@code pretrain}, {@code words}, {@code finetune} and
 * {@code text}; these share {@code run}, what every run has, and {@code spark}, its workers.
 */
package io.headwater.driver;
