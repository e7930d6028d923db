'use strict';

// What a handler gets: the event (the request) and the context (its surroundings).

const TEXT_TYPE = /^(text\/.*|application\/x-www-form-urlencoded)?$/;
const JSON_TYPE = /^(application\/json|.*\+json)$/;

/** The body is not what the function asked for: 400, when the function does not catch it. */
class BadRequestError extends Error {}

/**
 * One request: `method`, `path` (as sent, without query), `query` (first values), `queryString`,
 * `headers` (lower case), `rawBody` (Buffer), `text`, `data` and `body` (by content type: JSON is
 * parsed, text, forms and requests without a type are strings, anything else is a Buffer), `stream`
 * (the body as a Readable for functions that asked for it), `signal` (aborted when the client goes)
 * and of a CloudEvent `id`, `source`, `type`, `subject`, `time`.
 */
class Event {
  #request;
  #controller;
  #query;
  #data;

  constructor(request, rawBody) {
    this.#request = request;
    this.method = request.method;
    let target = request.url;
    if (!target.startsWith('/') && target !== '*') {
      target = target.replace(/^[a-z]+:\/\/[^/?]*/i, '') || '/';
    }
    const mark = target.indexOf('?');
    this.path = mark < 0 ? target : target.slice(0, mark);
    this.queryString = mark < 0 ? '' : target.slice(mark + 1);
    this.headers = request.headers;
    this.rawBody = rawBody;
  }

  /** Fission's handlers get one argument and read `context.request`. */
  get request() {
    return this;
  }

  get stream() {
    return this.#request;
  }

  get query() {
    if (!this.#query) {
      this.#query = Object.create(null);
      for (const [name, value] of new URLSearchParams(this.queryString)) {
        if (!(name in this.#query)) {
          this.#query[name] = value;
        }
      }
    }
    return this.#query;
  }

  /** All values of a query parameter. */
  queryAll(name) {
    return new URLSearchParams(this.queryString).getAll(name);
  }

  get contentType() {
    return (this.headers['content-type'] || '').split(';', 1)[0].trim().toLowerCase();
  }

  get text() {
    return this.rawBody === undefined ? undefined : this.rawBody.toString('utf8');
  }

  get data() {
    if (this.#data === undefined && this.rawBody !== undefined) {
      const type = this.contentType;
      if (JSON_TYPE.test(type)) {
        this.#data = this.rawBody.length ? this.json() : null;
      } else {
        this.#data = TEXT_TYPE.test(type) ? this.text : this.rawBody;
      }
    }
    return this.#data;
  }

  get body() {
    return this.data;
  }

  /** The body as JSON, whatever its type. */
  json() {
    try {
      return JSON.parse(this.text);
    } catch (error) {
      throw new BadRequestError(`the body is not valid JSON: ${error.message}`);
    }
  }

  get signal() {
    if (!this.#controller) {
      this.#controller = new AbortController();
      const { socket } = this.#request;
      const abort = () => this.#controller.abort();
      if (socket.destroyed) {
        abort();
      } else {
        socket.once('close', abort);
      }
    }
    return this.#controller.signal;
  }

  #ofCloudEvent(name) {
    return this.headers[`ce-${name}`] || this.headers[`event-${name}`];
  }

  get id() {
    return this.#ofCloudEvent('id');
  }

  get source() {
    return this.#ofCloudEvent('source');
  }

  get type() {
    return this.#ofCloudEvent('type');
  }

  get subject() {
    return this.#ofCloudEvent('subject');
  }

  get time() {
    return this.#ofCloudEvent('time');
  }
}

/** What the gateway says of this request, else the limit of all requests. */
function remainingMillis(told, otherwise) {
  return /^\d{1,9}$/.test(told ?? '') ? Number(told) : otherwise;
}

/** Where and for how long a handler runs; with OpenFaaS's way to answer. */
class Context {
  #status = 200;
  #headers = {};
  #answer;
  #error;

  constructor(request, timeoutMillis) {
    this.requestId = request.headers['x-request-id'] || '-';
    this.namespace = request.headers['knative-serving-namespace'] || '';
    this.functionName = process.env.K_SERVICE || '';
    this.revision = process.env.K_REVISION || '';
    const left = remainingMillis(request.headers['x-envoy-expected-rq-timeout-ms'], timeoutMillis);
    /** Milliseconds since the epoch; undefined when there is no timeout. */
    this.deadline = left ? Date.now() + left : undefined;
  }

  /** OpenFaaS: what is given here is the answer of a handler that returns nothing. */
  succeed(body) {
    this.#answer = { statusCode: this.#status, body, headers: this.#headers };
  }

  fail(error) {
    this.#error = error instanceof Error ? error : new Error(String(error));
  }

  /** What `succeed` or `fail` left. */
  succeeded() {
    if (this.#error) {
      throw this.#error;
    }
    return this.#answer;
  }

  /** Milliseconds until the caller gets 504; undefined when there is no timeout. */
  getRemainingTimeInMillis() {
    return this.deadline === undefined ? undefined : Math.max(0, this.deadline - Date.now());
  }

  status(code) {
    if (code === undefined) {
      return this.#status;
    }
    this.#status = code;
    return this;
  }

  headers(values) {
    if (values === undefined) {
      return this.#headers;
    }
    Object.assign(this.#headers, values);
    return this;
  }

  log(...values) {
    console.log(...values);
  }
}

module.exports = { Event, Context, BadRequestError };
