'use strict';

const assert = require('node:assert/strict');
const fs = require('fs');
const path = require('path');
const { describe, it } = require('node:test');
const { waitUntil, withFunction } = require('./support.js');

const WAITING = `
const fs = require('fs');
module.exports = async (event) => {
  if (event.path === '/wait') {
    console.log('begun');
    while (!fs.existsSync(process.env.HOME + '/go')) await new Promise((r) => setTimeout(r, 5));
  }
  return 'done';
};
`;

// When it is told to, for who waits for its start must not come too late.
const THROWING = `
const fs = require('fs');
setInterval(() => {
  if (fs.existsSync(process.env.HOME + '/go')) throw new Error('alone');
}, 5);
module.exports = () => 1;
`;

describe('start', () => {
  it('gives the sign of life before the function is loaded', () =>
    withFunction(
      `const fs = require('fs'); const s = process.env.EBB_SOCKET;
       if (!fs.existsSync(s + '.boot') || fs.existsSync(s)) throw new Error('order');
       module.exports = () => 'ok'`,
      {},
      async (fixture) => assert.equal((await fixture.request()).body, 'ok'),
    ));
});

describe('SIGTERM', () => {
  it('ends an idle instance with 0', () =>
    withFunction(WAITING, {}, async (fixture) => {
      const idle = fixture.connect();
      idle.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await waitUntil(() => idle.received.endsWith('done'), 'an answer');
      fixture.process.kill('SIGTERM');
      assert.equal(await fixture.exited, 0);
      await idle.ended;
    }));

  it('lets requests in flight finish', () =>
    withFunction(WAITING, {}, async (fixture) => {
      const client = fixture.connect();
      client.write('GET /wait HTTP/1.1\r\nHost: x\r\n\r\n');
      await waitUntil(() => fixture.output() === 'begun\n', 'the request');
      fixture.process.kill('SIGTERM');
      await waitUntil(async () => !(await fixture.accepts()), 'the listener to close');
      fs.writeFileSync(path.join(fixture.directory, 'go'), '');
      await client.ended;
      assert.ok(client.received.endsWith('done'), client.received);
      assert.match(client.received, /connection: close/i);
      assert.equal(await fixture.exited, 0);
    }));
});

it('a failure while the instance ends is logged too', () =>
  withFunction(WAITING.replace("return 'done'", "throw new Error('late failure')"), {}, async (fixture) => {
    const request = fixture.request({ path: '/wait' });
    await waitUntil(() => fixture.output() === 'begun\n', 'the request');
    fixture.process.kill('SIGTERM');
    await waitUntil(async () => !(await fixture.accepts()), 'the listener to close');
    fs.writeFileSync(path.join(fixture.directory, 'go'), '');
    assert.equal((await request).status, 500);
    assert.equal(await fixture.exited, 0);
    assert.match(fixture.output(), /late failure/);
  }));

const UNCAUGHT = [
  // what the handler does beside its answer, what the log says
  ['Promise.reject(new Error("forgotten"))', 'an unhandled rejection', 'Error: forgotten'],
  ['setImmediate(() => { throw new Error("out of reach") })', 'an uncaught exception', 'Error: out of reach'],
  ['Promise.reject("text")', 'an unhandled rejection', 'text'],
];

describe('misbehaviour', () => {
  for (const [code, kind, logged] of UNCAUGHT) {
    it(`${kind} (${logged}) fails its own request, spares others, and ends the instance with 1`, () =>
      withFunction(
        `let release; const other = new Promise((r) => (release = r));
         module.exports = async (event) => {
           if (event.path === '/other') { console.log('other'); return other; }
           ${code};
           setTimeout(release, 20, 'other is answered');
           await new Promise(() => {});
         }`,
        {},
        async (fixture) => {
          const other = fixture.request({ path: '/other' });
          await waitUntil(() => fixture.output() === 'other\n', 'the other request');
          const { status, body } = await fixture.request({ headers: { 'X-Request-Id': 'rid' } });
          assert.deepEqual([status, JSON.parse(body).error.reason], [500, 'FunctionError']);
          assert.equal((await other).body, 'other is answered');
          assert.equal(await fixture.exited, 1);
          assert.match(fixture.output(), new RegExp(`request rid: ${kind}; this instance ends\\n.*${logged}`));
        },
      ));
  }

  it('an exception outside of requests ends the instance with its stack in the log', () =>
    withFunction(THROWING, {}, async (fixture) => {
      fs.writeFileSync(path.join(fixture.directory, 'go'), '');
      assert.equal(await fixture.exited, 1);
      assert.match(fixture.output(), /^an uncaught exception; this instance ends\nError: alone\n/);
    }));

  it('process.exit ends the instance with its code', () =>
    withFunction('module.exports = () => process.exit(3)', {}, async (fixture) => {
      await assert.rejects(fixture.request());
      assert.equal(await fixture.exited, 3);
    }));

  it('child processes inherit no connection', () =>
    withFunction(
      'module.exports = () => require("child_process").execSync("ls -l /proc/self/fd").toString()',
      {},
      async (fixture) => assert.ok(!/ 1\d -> socket/.test((await fixture.request()).body)),
    ));

  it('output comes line by line', () =>
    withFunction('module.exports = () => { console.log("é 🐍"); console.error("err") }', {}, async (fixture) => {
      await fixture.request();
      assert.equal(fixture.output(), 'é 🐍\nerr\n');
    }));
});

describe('requests', () => {
  it('run at once in one instance', () =>
    withFunction(
      'let n = 0, all; const met = new Promise((r) => (all = r)); module.exports = async () => { if (++n === 8) all(); await met; }',
      {},
      async (fixture) => {
        const answers = await Promise.all(Array.from({ length: 8 }, () => fixture.request()));
        assert.ok(answers.every(({ status }) => status === 200));
      },
    ));
});
