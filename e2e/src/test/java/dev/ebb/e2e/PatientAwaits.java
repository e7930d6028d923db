package dev.ebb.e2e;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// How long a test waits for what has to come: long enough for a machine whose cores are busy with
/// other things, since a wait that succeeds is as short as ever. Only a test of promptness has a
/// limit of its own.
public final class PatientAwaits implements BeforeAllCallback {
  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(90));
  }
}
