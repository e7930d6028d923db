package dev.ebb.gateway;

import java.util.List;

/// A slot for a waiter, decided under the throttle's lock and delivered without it.
record Grant(Waiter waiter, Slot slot) {
  static void deliver(List<Grant> grants) {
    grants.forEach(grant -> grant.waiter.granted(grant.slot));
  }
}
