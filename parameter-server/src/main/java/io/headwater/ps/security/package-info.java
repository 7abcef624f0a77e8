/**
 * Who may talk to a run, and frames that nobody else can forge, replay or, if wanted, read.
 *
 * <p>A {@link io.headwater.ps.security.RunSecret} is shared by all processes of a run. An {@link
 * io.headwater.ps.security.Initiator} (worker, driver, shard as a client) and a {@link
 * io.headwater.ps.security.Responder} (shard) prove to each other that they hold it and agree on
 * keys; a {@link io.headwater.ps.security.FrameSealer} protects what one thread sends on one
 * stream, a {@link io.headwater.ps.security.FrameGate} lets in what confirmed senders sent. Nothing
 * here knows Aeron; all cryptography is the JDK's. The bytes and the threat model are in
 * docs/security.md.
 */
package io.headwater.ps.security;
