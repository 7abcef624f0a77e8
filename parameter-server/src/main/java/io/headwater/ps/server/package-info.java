/**
 * The shards: {@link io.headwater.ps.server.ParameterServer} starts those of one process, the rest
 * is private to this package.
 */
package io.headwater.ps.server;
