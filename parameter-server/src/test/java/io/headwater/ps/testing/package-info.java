/** A small model, a naive optimizer and a whole run in one process, for the tests. */
package io.headwater.ps.testing;
