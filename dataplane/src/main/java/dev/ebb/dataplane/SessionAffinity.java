package dev.ebb.dataplane;

/// Clients come back to the target that they had, for as long as it has a share: a cookie says
/// which that was.
///
/// @param cookie its name
/// @param path where clients send it: `/`, or what leads to the rule
/// @param key makes the values those that only a gateway with the same key understands
public record SessionAffinity(String cookie, String path, String key) {}
