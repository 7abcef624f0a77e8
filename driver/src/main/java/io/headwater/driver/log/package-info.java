/** How log lines look, and which run, step, worker and shard each of them is about. */
package io.headwater.driver.log;
