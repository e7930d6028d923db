package dev.ebb.controllers;

import dev.ebb.controllers.certificates.CertificateIssuer;
import dev.ebb.controllers.scaling.PodUsage;
import dev.ebb.controllers.workloads.Machine;
import dev.ebb.controllers.workloads.PlatformPart;
import dev.ebb.dataplane.ClaimDirectory;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// @param portSuffix what URLs carry behind the domain: `:8080`, or empty for 80; asked when a
///   status is written, as the port may be known only when the gateway listens
/// @param httpsPort where the gateway speaks TLS, likewise
/// @param issuer of certificates for hosts that are to have one and bring none
/// @param entrypoints the language runtimes of this server, each with the file that it loads when a
///   Function names none: `python` -> `handler.py`
/// @param machine what Pods say they run on; asked now and then
/// @param parts which parts of Ebb besides the controllers do their work now
/// @param usage what Pods use, for HorizontalPodAutoscalers
/// @param claims where the data of PersistentVolumeClaims are
public record ControllersConfig(
    Supplier<String> portSuffix,
    IntSupplier httpsPort,
    CertificateIssuer issuer,
    Map<String, String> entrypoints,
    Supplier<Machine> machine,
    Predicate<PlatformPart> parts,
    ClaimDirectory claims,
    PodUsage usage,
    InstantSource clock) {
  public ControllersConfig {
    entrypoints = Map.copyOf(entrypoints);
  }
}
