/// What programs in a namespace authenticate with: ServiceAccounts, their tokens in Secrets, and
/// the certificate that they trust.
@NullMarked
package dev.ebb.controllers.accounts;

import org.jspecify.annotations.NullMarked;
