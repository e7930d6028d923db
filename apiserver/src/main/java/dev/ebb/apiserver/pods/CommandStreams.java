package dev.ebb.apiserver.pods;

import java.io.InputStream;
import java.io.OutputStream;

/// The client's ends of a command's streams. Those that it did not ask for have no bytes, or take
/// them and forget them.
record CommandStreams(
    InputStream stdin, OutputStream stdout, OutputStream stderr, OutputStream error) {}
