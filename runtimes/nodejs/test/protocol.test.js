'use strict';

const assert = require('node:assert/strict');
const fs = require('fs');
const http = require('http');
const { after, before, describe, it } = require('node:test');
const { Fixture, waitUntil, withFunction } = require('./support.js');

const ECHO = 'module.exports = (event) => event.path === "/skip" ? "skipped" : event.rawBody';
const STREAM = `
module.exports = async (event) => {
  if (event.path === '/echo') return event.stream;
  let size = 0;
  for await (const piece of event.stream) size += piece.length;
  return size;
};
module.exports.config = { body: 'stream' };
`;

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n';
const POST = 'POST / HTTP/1.1\r\nHost: x\r\n';
const CHUNKED = POST + 'Transfer-Encoding: chunked\r\n\r\n';

const REFUSED = [
  // request, status
  ['GET\r\n\r\n', 400],
  ['G(T / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['GET / FTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['GET / HTTP/1.1\r\n\r\n', 400],
  [GET + 'No-Colon\r\n\r\n', 400],
  [GET + 'Space : x\r\n\r\n', 400],
  [GET + 'A: \0\r\n\r\n', 400],
  [GET + `A: ${'x'.repeat(70000)}\r\n\r\n`, 431],
  [POST + 'Content-Length: -1\r\n\r\n', 400],
  [POST + 'Content-Length: 1x\r\n\r\n', 400],
  [POST + 'Content-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
  [POST + 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
  [CHUNKED + 'xyz\r\n', 400],
  [POST + 'Content-Length: 100001\r\n\r\n', 413],
  [CHUNKED + `8000\r\n${'x'.repeat(0x8000)}\r\n`.repeat(4) + '0\r\n\r\n', 413],
];

const CUT = [POST.slice(0, 10), POST + 'Content-Length: 5\r\n\r\nabc', CHUNKED, CHUNKED + '5\r\nabc'];

const BODIES = [
  // what follows the request line and Host, body that arrives
  ['Content-Length: 3\r\n\r\nabc', 'abc'],
  ['Content-Length: 0\r\n\r\n', ''],
  ['Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n', 'abc'],
  ['Transfer-Encoding: chunked\r\n\r\n1;x=y\r\na\r\n00A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n', 'a0123456789'],
];

describe('the protocol', () => {
  let fixture;
  before(async () => (fixture = await new Fixture(ECHO).ready()));
  after(() => fixture.close());

  for (const [request, status] of REFUSED) {
    it(`refuses ${JSON.stringify(request.slice(0, 60))} with ${status}`, async () => {
      const answer = await fixture.raw(request);
      assert.equal(answer.split(' ')[1], String(status), answer);
      assert.equal(fixture.output(), '');
      assert.equal((await fixture.request()).status, 200);
    });
  }

  for (const request of CUT) {
    it(`survives a request that is cut off: ${JSON.stringify(request)}`, async () => {
      const client = fixture.connect();
      client.write(request, () => client.destroy());
      await client.ended;
      assert.equal((await fixture.request()).status, 200);
      assert.equal(fixture.output(), '');
    });
  }

  for (const [rest, expected] of BODIES) {
    it(`reads a body framed as ${JSON.stringify(rest)}`, async () => {
      const answer = await fixture.raw(POST + 'Connection: close\r\n' + rest);
      assert.ok(answer.endsWith(`\r\n\r\n${expected}`), answer);
    });
  }

  it('answers pipelined requests in order', async () => {
    const numbers = Array.from({ length: 20 }, (_, i) => String(i).padStart(2, '0'));
    const answer = await fixture.raw(numbers.map((n) => `${POST}Content-Length: 2\r\n\r\n${n}`).join(''));
    assert.deepEqual(answer.split('HTTP/1.1 200 OK').slice(1).map((part) => part.slice(-2)), numbers);
  });

  it('sends 100 Continue before it reads the body', async () => {
    const client = fixture.connect();
    client.write(POST + 'Expect: 100-continue\r\nContent-Length: 3\r\n\r\n');
    await waitUntil(() => client.received === 'HTTP/1.1 100 Continue\r\n\r\n', '100 Continue');
    client.write('abc');
    await waitUntil(() => client.received.endsWith('\r\n\r\nabc'), 'the answer');
    client.destroy();
  });

  it('refuses a body that is too large instead of asking for it', async () => {
    const answer = await fixture.raw(POST + 'Expect: 100-continue\r\nContent-Length: 100001\r\n\r\n');
    assert.match(answer, /^HTTP\/1.1 413 /);
  });

  it('answers a refused upload while the client still sends, then ends the connection', async () => {
    const client = fixture.connect();
    client.write(POST + 'Content-Length: 10737418240\r\n\r\n');
    const timer = setInterval(() => client.writable && client.write('x'.repeat(65536)), 1);
    await waitUntil(() => client.received.includes('BodyTooLarge'), '413');
    await client.ended;
    clearInterval(timer);
  });

  it('keeps connections alive', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 5; i++) {
      await fixture.request({ method: 'POST', path: i % 2 ? '/skip' : '/', body: 'x', agent });
    }
    assert.equal(Object.values(agent.freeSockets).flat().length, 1);
    agent.destroy();
  });

  it('leaves nothing behind of clients that vanish', async () => {
    const descriptors = () => fs.readdirSync(`/proc/${fixture.process.pid}/fd`).length;
    const before = descriptors();
    for (const request of [...CUT, ...CUT, '']) {
      const client = fixture.connect();
      client.write(request, () => client.destroy());
      await client.ended;
    }
    await waitUntil(() => descriptors() <= before, 'connections to be closed');
  });
});

describe('streams', () => {
  let fixture;
  before(async () => (fixture = await new Fixture(STREAM).ready()));
  after(() => fixture.close());

  it('are not limited and not kept in memory', async () => {
    const size = 50_000_000;
    const piece = Buffer.alloc(1_000_000);
    const status = () => Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${fixture.process.pid}/status`, 'utf8'))[1]);
    const before = status();
    const body = await new Promise((resolve, reject) => {
      const request = http.request({ socketPath: fixture.socketPath, method: 'POST' }, (response) =>
        response.on('data', (data) => resolve(String(data))),
      );
      request.on('error', reject);
      const send = (left) => (left ? request.write(piece, () => send(left - 1)) : request.end());
      send(size / piece.length);
    });
    assert.equal(body, String(size));
    assert.ok(status() - before < 40_000, `${status() - before} KiB`);
  });

  it('flow both ways at once', async () => {
    const client = fixture.connect();
    client.write('POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n');
    await waitUntil(() => client.received.endsWith('1\r\na\r\n'), 'the first piece');
    client.write('1\r\nb\r\n0\r\n\r\n');
    await waitUntil(() => client.received.endsWith('1\r\nb\r\n0\r\n\r\n'), 'the second piece');
    client.destroy();
  });

  it('end when the client goes', () =>
    withFunction(
      'module.exports = async function* () { try { for (;;) yield "x".repeat(65536) } finally { console.log("closed") } }',
      {},
      async (endless) => {
        const client = endless.connect();
        client.write(GET + '\r\n');
        await waitUntil(() => client.received.length > 0, 'the stream');
        client.destroy();
        await waitUntil(() => endless.output() === 'closed\n', 'the generator to end');
      },
    ));

  it('tell a waiting handler that the client went', () =>
    withFunction(
      `module.exports = (event) => new Promise((resolve) => {
        event.signal.addEventListener('abort', () => resolve(console.log('aborted')));
        console.log('waiting');
      })`,
      {},
      async (waiting) => {
        const client = waiting.connect();
        client.write(GET + '\r\n');
        await waitUntil(() => waiting.output() === 'waiting\n', 'the request');
        client.destroy();
        await waitUntil(() => waiting.output() === 'waiting\naborted\n', 'the signal');
      },
    ));
});
