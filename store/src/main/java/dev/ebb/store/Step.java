package dev.ebb.store;

/// One revision: what it changed, and everything there is after it.
record Step(Change change, EntryTree after) {
  long revision() {
    return change.revision();
  }
}
