package dev.ebb.eventing.calls;

import dev.ebb.eventing.log.Payload;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes HTTP requests. Thread-safe; blocks.
public interface CallSender {
  /// Calls a function.
  ///
  /// @throws IOException when there was no answer
  Answer call(Call call, Payload body) throws IOException, InterruptedException;

  /// Tells somebody outside of an answer, by POST. Does not follow redirections.
  ///
  /// @throws CallRefusedException when nobody is to be told at that address
  Answer callBack(URI url, Map<String, List<String>> headers, Payload body)
      throws IOException, InterruptedException;

  /// @param headers names in lower case
  /// @param refusal when it was not the function that answered: the gateway's reason
  record Answer(
      int status, Map<String, List<String>> headers, InputStream body, Optional<String> refusal)
      implements Closeable {
    @Override
    public void close() throws IOException {
      body.close();
    }

    Optional<String> header(String name) {
      return headers.getOrDefault(name, List.of()).stream().findFirst();
    }
  }
}
