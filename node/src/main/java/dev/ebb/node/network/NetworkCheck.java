package dev.ebb.node.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Whether instances can have networks of their own on this machine, and how well.
public final class NetworkCheck {
  /// Bits of capabilities(7).
  private static final int CAP_NET_ADMIN = 12;

  private static final int CAP_SYS_ADMIN = 21;

  private NetworkCheck() {}

  /// What is missing and how to get it; empty when nothing is.
  public static List<String> missing() {
    try {
      return missing(
          Files.readAllLines(Path.of("/proc/self/status")), NftCommand.found().isPresent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> missing(List<String> status, boolean nft) {
    var missing = new ArrayList<String>();
    long capabilities =
        status.stream()
            .filter(line -> line.startsWith("CapEff:"))
            .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
            .findFirst()
            .orElse(0);
    if ((capabilities >> CAP_NET_ADMIN & capabilities >> CAP_SYS_ADMIN & 1) == 0) {
      missing.add(
          "the server is not root and has not CAP_NET_ADMIN with CAP_SYS_ADMIN; start it as root");
    }
    if (!nft) {
      missing.add("nft is not installed; install the package nftables");
    }
    return missing;
  }

  /// What else on the machine keeps instances from each other or from other machines. Call it only
  /// when nothing is missing.
  public static List<String> warnings() {
    return warnings(NftCommand.find().ask("list", "chains"));
  }

  /// @param chains as `nft list chains` shows them
  static List<String> warnings(String chains) {
    boolean drops =
        chains
            .lines()
            .anyMatch(line -> line.contains("hook forward") && line.contains("policy drop"));
    return drops
        ? List.of(
            "a firewall of this machine drops forwarded packets (Docker's does), so instances do"
                + " not reach each other or other machines; allow the links eb* in it")
        : List.of();
  }
}
