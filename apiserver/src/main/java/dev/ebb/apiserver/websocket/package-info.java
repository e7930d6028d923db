/// WebSockets on connections that were taken over, and what Kubernetes sends through them.
@NullMarked
package dev.ebb.apiserver.websocket;

import org.jspecify.annotations.NullMarked;
