/** What word vectors are worth to those who fine-tune them. */
package io.headwater.benchmarks.words;
