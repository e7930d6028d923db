'use strict';

// From what a handler returns to a response.
//
// | returned | response |
// | --- | --- |
// | undefined, null | 200, empty |
// | string | 200, text/plain; charset=utf-8 |
// | Buffer, typed array, ArrayBuffer | 200, application/octet-stream |
// | {statusCode | status, headers, body} | as said, with the body by this table |
// | other object, array, number, boolean | 200, application/json |
// | Readable, async or sync generator | 200, sent in pieces as they come |

// Headers that belong to the connection, not to the function.
const OWN_HEADERS = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade']);
const RESPONSE_KEYS = new Set(['status', 'statusCode', 'headers', 'body', 'isBase64Encoded']);

/** {status, headers, body | pieces} of a handler's result; throws when there is none. */
function toAnswer(result) {
  let status = 200;
  let headers = {};
  if (isResponse(result)) {
    status = Number(result.statusCode ?? result.status ?? 200);
    headers = checked(result.headers || {});
    const { body, isBase64Encoded } = result;
    result = isBase64Encoded && typeof body === 'string' ? Buffer.from(body, 'base64') : body;
  }
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new RangeError(`${status} is not a status of a response`);
  }
  const [type, body, pieces] = encode(result);
  if (type && !Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')) {
    headers['content-type'] = type;
  }
  return { status, headers, body, pieces };
}

function isResponse(result) {
  if (result === null || typeof result !== 'object' || ArrayBuffer.isView(result) || isStream(result)) {
    return false;
  }
  if ('statusCode' in result) {
    return true;
  }
  return 'status' in result && 'body' in result && Object.keys(result).every((key) => RESPONSE_KEYS.has(key));
}

function checked(headers) {
  const pairs = typeof headers.entries === 'function' ? Object.fromEntries(headers.entries()) : headers;
  const kept = {};
  for (const [name, value] of Object.entries(pairs)) {
    if (!OWN_HEADERS.has(name.toLowerCase()) && value !== undefined && value !== null) {
      kept[name] = Array.isArray(value) ? value.map(String) : String(value);
    }
  }
  return kept;
}

function isStream(value) {
  return typeof value[Symbol.asyncIterator] === 'function' || typeof value.next === 'function';
}

/** [content type, body, pieces] */
function encode(result) {
  if (result === undefined || result === null) {
    return [undefined, Buffer.alloc(0)];
  }
  if (typeof result === 'string') {
    return ['text/plain; charset=utf-8', Buffer.from(result)];
  }
  if (ArrayBuffer.isView(result)) {
    return ['application/octet-stream', Buffer.from(result.buffer, result.byteOffset, result.byteLength)];
  }
  if (result instanceof ArrayBuffer) {
    return ['application/octet-stream', Buffer.from(result)];
  }
  if (typeof result === 'object' && isStream(result)) {
    return ['text/plain; charset=utf-8', undefined, result];
  }
  const text = JSON.stringify(result);
  if (text === undefined) {
    throw new TypeError(`a ${typeof result} cannot be sent as a response`);
  }
  return ['application/json', Buffer.from(text)];
}

/** The bytes of one piece of a stream. */
function encodePiece(piece) {
  if (typeof piece === 'string') {
    return Buffer.from(piece);
  }
  return ArrayBuffer.isView(piece) ? piece : Buffer.from(`${JSON.stringify(piece)}\n`);
}

/** The form of all errors of Ebb. */
function errorAnswer(status, reason, message, requestId) {
  const error = { code: status, reason, message, requestId };
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ error })),
  };
}

module.exports = { toAnswer, encodePiece, errorAnswer };
