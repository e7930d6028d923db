'use strict';

const assert = require('node:assert/strict');
const { after, before, describe, it } = require('node:test');
const { Fixture, withFunction } = require('./support.js');

const ANSWERS = `
const { Readable } = require('stream');
const fs = require('fs');
const cycle = {}; cycle.self = cycle;
const values = {
  '/undefined': () => undefined,
  '/null': () => null,
  '/string': () => 'hé',
  '/buffer': () => Buffer.from([0, 65]),
  '/typed': () => new Uint8Array([66, 67]),
  '/array-buffer': () => new Uint8Array([68]).buffer,
  '/object': () => ({ a: [1, null, true, 'é'] }),
  '/array': () => [1, 2],
  '/number': () => 42,
  '/boolean': () => true,
  '/lambda': () => ({ statusCode: 202, body: 'later', headers: { 'X-A': 1 } }),
  '/lambda-json': () => ({ statusCode: 200, body: { a: 1 } }),
  '/lambda-base64': () => ({ statusCode: 200, body: 'QUI=', isBase64Encoded: true }),
  '/fission': () => ({ status: 203, body: 'x', headers: { 'content-type': 'text/css' } }),
  '/looks-like': () => ({ status: 'ok', uptime: 3 }),
  '/body-only': () => ({ body: 'x' }),
  '/cookies': () => ({ statusCode: 200, headers: { 'Set-Cookie': ['a=1', 'b=2'] }, body: '' }),
  '/no-content': () => ({ statusCode: 204, body: 'ignored' }),
  '/own-headers': () => ({ statusCode: 200, body: 'abc', headers: { 'Content-Length': 99, Connection: 'close', 'Transfer-Encoding': 'x' } }),
  '/readable': () => Readable.from(['a', Buffer.from('b')]),
  '/file': () => fs.createReadStream(__filename, { start: 0, end: 4 }),
  '/async-generator': async function* () { yield 'one '; yield { two: 2 }; },
  '/generator': function* () { yield 'x'; yield 'y'; },
  '/big': () => 'z'.repeat(1000000),
  '/promise': () => new Promise((resolve) => setTimeout(resolve, 1, 'late')),
  '/function': () => () => {},
  '/cycle': () => cycle,
  '/status-range': () => ({ statusCode: 199, body: '' }),
  '/status-text': () => ({ statusCode: 'abc', body: '' }),
  '/header-break': () => ({ statusCode: 200, body: '', headers: { 'X-A': '1\\r\\nX-B: 2' } }),
  '/header-name': () => ({ statusCode: 200, body: '', headers: { 'X A': '1' } }),
  '/throw': () => { throw new RangeError('on purpose'); },
  '/reject': () => Promise.reject(new RangeError('on purpose')),
  '/throw-string': () => { throw 'a string'; },
  '/broken': async function* () { yield 'begun'; throw new Error('in the middle'); },
};
module.exports = (event) => values[event.path]();
`;

const TEXT = 'text/plain; charset=utf-8';
const BINARY = 'application/octet-stream';
const JSON_TYPE = 'application/json';

const ROWS = [
  // path, status, content type, body
  ['/undefined', 200, undefined, ''],
  ['/null', 200, undefined, ''],
  ['/string', 200, TEXT, 'hé'],
  ['/buffer', 200, BINARY, '\0A'],
  ['/typed', 200, BINARY, 'BC'],
  ['/array-buffer', 200, BINARY, 'D'],
  ['/object', 200, JSON_TYPE, '{"a":[1,null,true,"é"]}'],
  ['/array', 200, JSON_TYPE, '[1,2]'],
  ['/number', 200, JSON_TYPE, '42'],
  ['/boolean', 200, JSON_TYPE, 'true'],
  ['/lambda', 202, TEXT, 'later'],
  ['/lambda-json', 200, JSON_TYPE, '{"a":1}'],
  ['/lambda-base64', 200, BINARY, 'AB'],
  ['/fission', 203, 'text/css', 'x'],
  ['/looks-like', 200, JSON_TYPE, '{"status":"ok","uptime":3}'],
  ['/body-only', 200, JSON_TYPE, '{"body":"x"}'],
  ['/cookies', 200, TEXT, ''],
  ['/no-content', 204, TEXT, ''],
  ['/own-headers', 200, TEXT, 'abc'],
  ['/readable', 200, TEXT, 'ab'],
  ['/file', 200, TEXT, '\ncons'],
  ['/async-generator', 200, TEXT, 'one {"two":2}\n'],
  ['/generator', 200, TEXT, 'xy'],
  ['/big', 200, TEXT, 'z'.repeat(1000000)],
  ['/promise', 200, TEXT, 'late'],
];

const FAILURES = [
  // path, what the log says
  ['/function', 'a function cannot be sent'],
  ['/cycle', 'circular structure'],
  ['/status-range', '199 is not a status'],
  ['/status-text', 'NaN is not a status'],
  ['/header-break', 'Invalid character in header content'],
  ['/header-name', 'Header name must be a valid HTTP token'],
  ['/throw', 'RangeError: on purpose'],
  ['/reject', 'RangeError: on purpose'],
  ['/throw-string', 'a value was thrown that is no Error: a string'],
  ['/unknown', 'is not a function'],
];

describe('answers', () => {
  let fixture;
  before(async () => (fixture = await new Fixture(ANSWERS).ready()));
  after(() => fixture.close());

  for (const [path, status, type, body] of ROWS) {
    it(`${path} becomes a response`, async () => {
      const got = await fixture.request({ path });
      assert.deepEqual([got.status, got.headers['content-type'], got.body], [status, type, body]);
      const head = await fixture.request({ path, method: 'HEAD' });
      assert.deepEqual([head.status, head.headers['content-type'], head.body], [status, type, '']);
    });
  }

  for (const [path, logged] of FAILURES) {
    it(`${path} is 500 for the caller and a stack in the log`, async () => {
      const requestId = `failure${path.replace('/', '-')}`;
      const { status, body } = await fixture.request({ path, headers: { 'X-Request-Id': requestId } });
      const { error } = JSON.parse(body);
      assert.deepEqual([status, error.code, error.reason, error.requestId], [500, 500, 'FunctionError', requestId]);
      assert.doesNotMatch(error.message, / at |on purpose/);
      const log = fixture.output();
      const part = log.slice(log.indexOf(`request ${requestId}: the function failed`));
      assert.ok(part.includes(logged), part);
      assert.ok(!part.includes('nodejs/lib/'), part);
    });
  }

  it('sends the headers of the function and not those of the connection', async () => {
    assert.deepEqual((await fixture.request({ path: '/cookies' })).headers['set-cookie'], ['a=1', 'b=2']);
    assert.equal((await fixture.request({ path: '/lambda' })).headers['x-a'], '1');
  });

  it('ends a stream that fails without its last chunk', async () => {
    const answer = await fixture.raw('GET /broken HTTP/1.1\r\nHost: x\r\n\r\n');
    assert.match(answer, /^HTTP\/1.1 200/);
    assert.ok(answer.endsWith('5\r\nbegun\r\n'), answer);
    assert.match(fixture.output(), /in the middle/);
  });
});

const CJS = 'handler.js';
const FORMS = [
  // files or source, EBB_HANDLER, EBB_ENTRYPOINT, what a POST of {"n":1} as JSON to /p?q=v answers
  ['module.exports = async (event, context) => event.data.n + 1', '', CJS, '2'],
  ['module.exports = (event) => event.body', '', CJS, '{"n":1}'],
  ['exports.handler = async (event, context) => context.functionName + context.revision', '', CJS, 'hellohello-00001'],
  ['exports.main = () => "main"', '', CJS, 'main'],
  ['exports.handle = (event) => event.text', '', CJS, '{"n":1}'],
  ['exports.a = () => "a"; exports.b = () => "b"', 'b', CJS, 'b'],
  ['module.exports = { myfunction: (event, context) => event.method }', 'test.myfunction', CJS, 'POST'],
  [{ 'test.js': 'exports.f = () => "test.js"', 'handler.js': '' }, 'test.f', CJS, 'test.js'],
  ['module.exports = function named() { return "named" }', 'named', CJS, 'named'],
  ['module.exports = async (context) => ({ status: 201, body: context.request.body.n + context.request.query.q })', '', CJS, '1v'],
  ['module.exports = (context, callback) => callback(202, context.request.method)', '', CJS, 'POST'],
  ['module.exports = (event, context, callback) => setImmediate(callback, null, "called back")', '', CJS, 'called back'],
  ['module.exports = async (event, context) => context.status(203).succeed({ ok: true })', '', CJS, '{"ok":true}'],
  ['module.exports = async (event, context, cb) => "async wins"', '', CJS, 'async wins'],
  ['class F { constructor() { this.x = "bound" } }; module.exports = (() => { const f = new F(); return () => f.x })()', '', CJS, 'bound'],
  [{ 'handler.mjs': 'export default async (event) => event.path' }, '', 'handler.mjs', '/p'],
  [{ 'handler.mjs': 'await null; export function handler() { return "named export" }' }, '', 'handler.mjs', 'named export'],
  [{ 'handler.mjs': 'export const f = () => "f"' }, 'f', 'handler.mjs', 'f'],
  [{ 'handler.js': 'export default () => "esm"', 'package.json': '{"type":"module"}' }, '', CJS, 'esm'],
  [{ 'handler.cjs': 'module.exports = () => "cjs"', 'package.json': '{"type":"module"}' }, '', 'handler.cjs', 'cjs'],
  [{ 'handler.js': 'module.exports = () => require("dep")', 'node_modules/dep/index.js': 'module.exports = "dep"' }, '', CJS, 'dep'],
  [{ 'src/a.js': 'module.exports = () => require("./b").x', 'src/b.js': 'exports.x = "beside"' }, '', 'src/a.js', 'beside'],
];

describe('forms of handlers', () => {
  for (const [files, name, entrypoint, expected] of FORMS) {
    it(`calls ${JSON.stringify(files)} as it wants`, () =>
      withFunction(files, { EBB_HANDLER: name, EBB_ENTRYPOINT: entrypoint }, async (fixture) => {
        const headers = { 'Content-Type': 'application/json' };
        const { body } = await fixture.request({ method: 'POST', path: '/p?q=v', headers, body: '{"n":1}' });
        assert.equal(body, expected, fixture.output());
      }));
  }
});

const LOAD_FAILURES = [
  // files, env, what the first line of the log says
  ['module.exports = (', {}, 'SyntaxError in handler.js'],
  ['require("no-such-module")', {}, "Cannot find module 'no-such-module'"],
  ['throw new RangeError("on load")', {}, 'RangeError in handler.js: on load'],
  ['throw "text"', {}, 'Error in handler.js: text'],
  ['exports.a = () => 1; exports.b = () => 2', {}, 'exports no function and none named handler, main or handle; it exports a, b'],
  ['', {}, 'it exports no functions'],
  ['exports.a = () => 1', { EBB_HANDLER: 'b' }, 'handler.js does not export a function b; it exports a'],
  [{ 'other.js': '' }, {}, 'there is no file handler.js'],
  [{ 'handler.mjs': 'await Promise.reject(new Error("late"))' }, { EBB_ENTRYPOINT: 'handler.mjs' }, 'Error in handler.mjs: late'],
  [{ 'handler.mjs': 'export default (' }, { EBB_ENTRYPOINT: 'handler.mjs' }, 'SyntaxError in handler.mjs'],
];

describe('a function that cannot be loaded', () => {
  for (const [files, env, expected] of LOAD_FAILURES) {
    it(`ends with 78 and one clear line: ${expected}`, async () => {
      const fixture = new Fixture(files, env);
      try {
        assert.equal(await fixture.exited, 78);
        const first = fixture.output().split('\n', 1)[0];
        assert.ok(first.startsWith('cannot load the function: '), first);
        assert.ok(first.includes(expected), first);
        assert.ok(!fixture.output().includes('nodejs/lib'), fixture.output());
      } finally {
        fixture.close();
      }
    });
  }
});

it('an ES module in a .js file works, or the log says how to name it (Node before 20.19)', async () => {
  const fixture = new Fixture('export default () => "esm"');
  try {
    const code = await Promise.race([fixture.exited, fixture.ready().catch(() => fixture.exited)]);
    if (code === fixture) {
      assert.equal((await fixture.request()).body, 'esm');
    } else {
      assert.equal(code, 78);
      assert.match(fixture.output(), /name the file \.mjs/);
    }
  } finally {
    fixture.close();
  }
});

const DATA = [
  // content type, body, JSON of event.data
  ['application/json', '{"a":[1,2.5,null]}', '{"a":[1,2.5,null]}'],
  ['application/cloudevents+json; charset=utf-8', '[]', '[]'],
  ['application/json', '', 'null'],
  ['text/plain', 'hé', '"hé"'],
  ['application/x-www-form-urlencoded', 'a=1', '"a=1"'],
  [undefined, 'raw', '"raw"'],
  ['image/png', 'P', '{"type":"Buffer","data":[80]}'],
];

describe('the event', () => {
  for (const [type, body, expected] of DATA) {
    it(`has data as the content type ${type} says`, () =>
      withFunction('module.exports = (event) => JSON.stringify(event.data)', {}, async (fixture) => {
        const headers = type ? { 'Content-Type': type } : {};
        assert.equal((await fixture.request({ method: 'POST', headers, body })).body, expected);
      }));
  }

  it('answers 400 for bad JSON unless the function catches it', () =>
    withFunction(
      'module.exports = (event) => { if (event.path === "/") return event.data; try { event.json() } catch { return "caught" } }',
      {},
      async (fixture) => {
        const headers = { 'Content-Type': 'application/json' };
        const { status, body } = await fixture.request({ method: 'POST', headers, body: '{' });
        assert.deepEqual([status, JSON.parse(body).error.reason], [400, 'BadRequest']);
        assert.equal((await fixture.request({ method: 'POST', path: '/c', headers, body: '{' })).body, 'caught');
      },
    ));

  it('has the deadline that the gateway says', () =>
    withFunction('module.exports = (event, context) => [context.getRemainingTimeInMillis()]', {}, async (fixture) => {
      for (const [said, least, most] of [
        ['1500', 500, 1500],
        ['soon', 29000, 30000],
        ['-5', 29000, 30000],
      ]) {
        const headers = { 'X-Envoy-Expected-Rq-Timeout-Ms': said };
        const [remaining] = JSON.parse((await fixture.request({ headers })).body);
        assert.ok(remaining > least && remaining <= most, `${said}: ${remaining}`);
      }
    }));

  it('knows the request', () =>
    withFunction(
      `module.exports = (event, context) => [event.method, event.path, event.query, event.queryAll('a'), event.queryString,
        event.headers['x-twice'], event.id, event.type, context.requestId, context.namespace,
        context.getRemainingTimeInMillis() > 29000, event.signal.aborted]`,
      {},
      async (fixture) => {
        const answer = await fixture.raw(
          'PUT /a%20b/?a=1&a=%C3%BC+x&c HTTP/1.1\r\nHost: x\r\nX-Twice: 1\r\nx-twice: 2\r\nEvent-Id: 7\r\n' +
            'Ce-Type: greeting\r\nX-Request-Id: rid\r\nKnative-Serving-Namespace: default\r\nConnection: close\r\n\r\n',
        );
        const body = Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1').toString();
        assert.deepEqual(JSON.parse(body), [
          'PUT', '/a%20b/', { a: '1', c: '' }, ['1', 'ü x'], 'a=1&a=%C3%BC+x&c', '1, 2', '7', 'greeting', 'rid', 'default', true, false,
        ]);
      },
    ));
});
