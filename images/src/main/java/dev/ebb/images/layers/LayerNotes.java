package dev.ebb.images.layers;

import java.util.ArrayList;
import java.util.List;

/// What of a layer was left out, so that it can be told.
final class LayerNotes {
  private long devices;
  private long attributes;
  private long capabilities;
  private long owners;

  /// In a user namespace no device of an image can be opened, and a runtime makes those that all
  /// containers have.
  void device() {
    devices++;
  }

  void attribute() {
    attributes++;
  }

  void capability() {
    capabilities++;
  }

  void owner(TarEntry entry) {
    if (entry.user() >= ImageOwners.COUNT || entry.group() >= ImageOwners.COUNT) {
      owners++;
    }
  }

  /// Sentences for the log; empty when the layer is as the archive has it.
  List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    add(sentences, devices, "device files were left out");
    add(sentences, attributes, "extended attributes were left out");
    add(sentences, capabilities, "file capabilities were left out");
    add(sentences, owners, "files with owners above 65535 belong to nobody (65534)");
    return sentences;
  }

  private static void add(List<String> sentences, long count, String what) {
    if (count > 0) {
      sentences.add(count + " " + what);
    }
  }
}
