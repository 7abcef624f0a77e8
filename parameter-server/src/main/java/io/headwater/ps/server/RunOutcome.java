package io.headwater.ps.server;

import java.util.Optional;

/**
 * How a run ended on this server.
 *
 * @param runId the run's id
 * @param step number of updates that the weights had
 * @param failure why it failed, unless it ended in order
 */
public record RunOutcome(String runId, long step, Optional<String> failure) {}
