package dev.ebb.resources.rbac;

/// Whether somebody may do something.
///
/// @param reason what allowed it, or what kept the roles from being read; may be empty
public record Decision(boolean allowed, String reason) {}
