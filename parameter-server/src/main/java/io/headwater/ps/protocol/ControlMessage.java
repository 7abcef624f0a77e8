package io.headwater.ps.protocol;

/** A message about the run, as opposed to its numbers. */
public sealed interface ControlMessage permits Request, Event {}
