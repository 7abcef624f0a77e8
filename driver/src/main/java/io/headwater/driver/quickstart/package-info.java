/**
 * The main job on a small real corpus, from raw documents to a task model: the same code as the
 * commands, one after the other.
 */
package io.headwater.driver.quickstart;
