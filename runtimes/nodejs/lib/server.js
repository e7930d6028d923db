'use strict';

// Serves the function over HTTP/1.1 on a unix socket, on Node's own server.

const { AsyncLocalStorage } = require('async_hooks');
const http = require('http');
const { encodePiece, errorAnswer, toAnswer } = require('./answer.js');
const { BadRequestError, Context, Event } = require('./event.js');
const { logFailure } = require('./failures.js');

const MAX_HEAD_BYTES = 65536;
// A client that is still sending a refused body gets this long to read the answer.
const LINGER_MILLIS = 1000;

class BodyTooLargeError extends Error {}

class FunctionServer {
  #function;
  #limits;
  #server;
  #exchanges = new Set();
  #onIdle;
  // Tells which request an uncaught exception belongs to.
  #callers = new AsyncLocalStorage();

  constructor(loaded, limits) {
    this.#function = loaded;
    this.#limits = limits;
    // The gateway closes idle connections and enforces all timeouts: a server that closed one
    // could meet a request on its way.
    this.#server = http.createServer({
      keepAliveTimeout: 0,
      headersTimeout: 0,
      requestTimeout: 0,
      maxHeaderSize: MAX_HEAD_BYTES,
      noDelay: false,
    });
    this.#server.timeout = 0;
    this.#server.on('request', (request, response) => this.#accept(request, response, false));
    this.#server.on('checkContinue', (request, response) => this.#accept(request, response, true));
    this.#server.on('clientError', refuse);
  }

  /** At the path of a unix socket, or at a host and port. */
  listen(address) {
    this.#server.listen({ ...address, backlog: 1024 });
  }

  /** Accepts no more, and calls back after the requests in flight. */
  stop(onIdle) {
    if (!this.#onIdle) {
      this.#onIdle = onIdle;
      this.#server.close();
      this.#server.closeIdleConnections();
      this.#endIfIdle();
    }
  }

  requestIdOfCaller() {
    const caller = this.#callers.getStore();
    return caller ? `request ${caller.context.requestId}: ` : '';
  }

  /** Answers 500 to the request whose code threw where nobody could catch it. */
  failCaller(error) {
    const caller = this.#callers.getStore();
    if (caller) {
      caller.isLogged = true;
      caller.fail(error);
    }
  }

  #endIfIdle() {
    if (this.#onIdle && this.#exchanges.size === 0) {
      this.#onIdle();
    }
  }

  #accept(request, response, expectsContinue) {
    const context = new Context(request, this.#limits.timeoutMillis);
    const exchange = { context, fail: undefined, isLogged: false };
    const failed = new Promise((_, reject) => (exchange.fail = reject));
    failed.catch(() => {});
    this.#exchanges.add(exchange);
    response.once('close', () => {
      this.#exchanges.delete(exchange);
      this.#endIfIdle();
    });
    this.#callers.run(exchange, () => this.#serve(request, response, exchange, failed, expectsContinue));
  }

  async #serve(request, response, exchange, failed, expectsContinue) {
    const { context } = exchange;
    let answer;
    try {
      const body = await this.#readBody(request, response, expectsContinue);
      const event = new Event(request, body);
      const result = this.#function.call(event, context);
      answer = toAnswer(await Promise.race([answered(result, context), failed]));
    } catch (error) {
      answer = this.#toErrorAnswer(error, request, exchange);
    }
    if (answer && !response.destroyed) {
      await this.#send(request, response, answer, exchange);
    }
  }

  /** The whole body; undefined when the function wants it as a stream. */
  async #readBody(request, response, expectsContinue) {
    const declared = Number(request.headers['content-length'] || 0);
    if (!this.#function.streamsBody && declared > this.#limits.maxBodyBytes) {
      throw new BodyTooLargeError();
    }
    if (expectsContinue) {
      response.writeContinue();
    }
    if (this.#function.streamsBody) {
      return undefined;
    }
    if (declared === 0 && request.headers['transfer-encoding'] === undefined) {
      return Buffer.alloc(0);
    }
    return new Promise((resolve, reject) => {
      const pieces = [];
      let size = 0;
      request.on('data', (piece) => {
        size += piece.length;
        if (size > this.#limits.maxBodyBytes) {
          pieces.length = 0;
          request.removeAllListeners('data');
          reject(new BodyTooLargeError());
        } else {
          pieces.push(piece);
        }
      });
      request.on('end', () => resolve(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces)));
      request.on('error', reject);
    });
  }

  #toErrorAnswer(error, request, exchange) {
    const { requestId } = exchange.context;
    if (error instanceof BodyTooLargeError) {
      const message = `the body is larger than ${this.#limits.maxBodyBytes} bytes`;
      return errorAnswer(413, 'BodyTooLarge', message, requestId);
    }
    if (error instanceof BadRequestError) {
      return errorAnswer(400, 'BadRequest', error.message, requestId);
    }
    if (request.errored) {
      return undefined; // the client went away inside its body
    }
    return this.#failed(error, exchange);
  }

  #failed(error, exchange) {
    const { requestId } = exchange.context;
    if (!exchange.isLogged) {
      logFailure(error, `request ${requestId}: the function failed`);
    }
    const kind = (error && error.name) || typeof error;
    const message = `the function raised ${kind}; its log has the stack under this request id`;
    return errorAnswer(500, 'FunctionError', message, requestId);
  }

  async #send(request, response, answer, exchange) {
    if (this.#onIdle) {
      response.shouldKeepAlive = false;
    }
    if (!request.complete) {
      setTimeout(() => request.complete || request.socket.destroy(), LINGER_MILLIS).unref();
    }
    try {
      writeHead(response, answer);
    } catch (error) {
      // A header that HTTP does not allow.
      answer = this.#failed(error, exchange);
      writeHead(response, answer);
    }
    if (!answer.pieces) {
      response.end(answer.body);
    } else if (request.method === 'HEAD') {
      response.end();
      await answer.pieces.return?.();
    } else {
      await this.#sendPieces(response, answer.pieces, exchange.context);
    }
  }

  async #sendPieces(response, pieces, context) {
    response.flushHeaders();
    try {
      for await (const piece of pieces) {
        if (response.destroyed) {
          return; // the client went away; leaving the loop ends the generator
        }
        if (!response.write(encodePiece(piece))) {
          await writable(response);
        }
      }
      response.end();
    } catch (error) {
      // Closing without the last chunk tells the client that the response is incomplete.
      logFailure(error, `request ${context.requestId}: the function failed`);
      response.socket?.destroySoon();
    }
  }
}

/** A handler's result, or what it gave to OpenFaaS's `context.succeed`, which returns nothing. */
async function answered(result, context) {
  const value = await result;
  return value === undefined ? context.succeeded() : value;
}

function writeHead(response, answer) {
  const { status, body } = answer;
  const sized = body && status !== 204 ? { 'content-length': body.length } : {};
  response.writeHead(status, { ...answer.headers, ...sized });
}

function writable(response) {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

function refuse(error, socket) {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const answer = tooLarge
    ? errorAnswer(431, 'HeadersTooLarge', `the header section is larger than ${MAX_HEAD_BYTES} bytes`, '-')
    : errorAnswer(400, 'BadRequest', 'the request is not HTTP/1.1', '-');
  const line = `HTTP/1.1 ${answer.status} ${http.STATUS_CODES[answer.status]}`;
  socket.end(
    `${line}\r\ncontent-type: application/json\r\ncontent-length: ${answer.body.length}\r\nconnection: close\r\n\r\n${answer.body}`,
  );
}

module.exports = { FunctionServer };
