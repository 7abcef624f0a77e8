/**
 * The parameter server as seen from outside: {@link io.headwater.ps.client.WorkerClient} for a
 * worker.
 */
package io.headwater.ps.client;
