/**
 * Pretrains word vectors: in one process, or with workers over the tables of the parameter server.
 */
package io.headwater.driver.words;
