package dev.ebb.store;

import java.util.List;

/// A consistent part of a listing.
///
/// @param revision the state of the store that all pages of the listing show
/// @param remaining how many entries follow this page
public record Page(List<Entry> entries, long revision, long remaining) {}
