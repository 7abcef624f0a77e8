/**
 * What goes over the wire between workers, the driver and the shards of the parameter server: chunk
 * frames, control messages, and the terms that all sides share.
 */
package io.headwater.ps.protocol;
