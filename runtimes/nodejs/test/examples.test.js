'use strict';

const assert = require('node:assert/strict');
const fs = require('fs');
const path = require('path');
const { it } = require('node:test');
const { withFunction } = require('./support.js');

const EXAMPLES = path.join(__dirname, '..', '..', '..', 'examples', 'nodejs');
const JSON_TYPE = { 'Content-Type': 'application/json' };

const ROWS = [
  // file, request, status, body
  ['hello.js', {}, 200, 'Hello, World!\n'],
  ['hello.js', { path: '/?name=J%C3%BCrg' }, 200, 'Hello, Jürg!\n'],
  ['greet-json.js', { method: 'POST', headers: JSON_TYPE, body: '{"name":"Ebb"}' }, 200, '{"greeting":"Hello, Ebb!"}'],
  ['greet-json.js', {}, 422, '{"error":"send a JSON object with a name"}'],
  ['stream.js', { path: '/?lines=2' }, 200, 'line 0\nline 1\n'],
];

for (const [file, request, status, body] of ROWS) {
  it(`${file} answers ${JSON.stringify(request)}`, () =>
    withFunction(
      { [file]: fs.readFileSync(path.join(EXAMPLES, file)) },
      { EBB_ENTRYPOINT: file },
      async (fixture) => {
        const answer = await fixture.request(request);
        assert.deepEqual([answer.status, answer.body], [status, body], fixture.output());
      },
    ));
}

it('every example is tried', () => {
  assert.deepEqual([...new Set(ROWS.map(([file]) => file))].sort(), fs.readdirSync(EXAMPLES).sort());
});
