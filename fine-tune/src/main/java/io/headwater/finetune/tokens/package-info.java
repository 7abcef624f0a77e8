/** One of some classes for each word of a sentence: names of people and places, by BIO tags. */
package io.headwater.finetune.tokens;
