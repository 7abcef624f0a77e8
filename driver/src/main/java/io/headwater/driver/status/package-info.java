/**
 * What a run is doing: {@code RunStatus} gathers it while the run goes on; page, file and terminal
 * show the {@code StatusReport} that it gives.
 */
package io.headwater.driver.status;
