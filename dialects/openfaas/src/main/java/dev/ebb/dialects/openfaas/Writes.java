package dev.ebb.dialects.openfaas;

import dev.ebb.resources.ApiException;
import dev.ebb.resources.WriteOptions;

/// How OpenFaaS's administrator writes objects, and how refusals are told.
final class Writes {
  static final WriteOptions OPTIONS =
      new WriteOptions(
          WriteOptions.Subresource.NONE,
          "openfaas-gateway",
          "openfaas:admin",
          /* dryRun= */ false,
          WriteOptions.FieldValidation.STRICT,
          /* force= */ false);

  private Writes() {}

  /// What a client wrote is a bad request for OpenFaaS, whatever Kubernetes calls it.
  static Refusal refusal(ApiException refused) {
    int code = refused.status().code();
    return new Refusal(code == 422 ? 400 : code, refused.status().message());
  }
}
