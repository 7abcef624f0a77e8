/**
 * The parameter server as seen from outside: {@link io.headwater.ps.client.WorkerClient} for a
 * worker, {@link io.headwater.ps.client.RunControl} for the driver.
 */
package io.headwater.ps.client;
