'use strict';

// What is logged when user code fails: its own frames, under the request's id.

const fs = require('fs');
const path = require('path');

const HOME = path.dirname(__dirname);
// A call, or a module in the chain of requires that did not find another.
const FRAME = /^(\s+at |- )/;

/** Writes the error with its stack, without the frames of this runtime and of Node. */
function logFailure(error, title) {
  const text = error instanceof Error ? stackOf(error) : `a value was thrown that is no Error: ${String(error)}`;
  try {
    fs.writeSync(2, `${title}\n${text}\n`);
  } catch {
    // stderr is closed or the disk is full: nothing is left to tell it to
  }
}

function stackOf(error) {
  const lines = String(error.stack || error).split('\n');
  const own = lines.filter((line) => !(FRAME.test(line) && (line.includes(HOME) || line.includes('node:internal'))));
  if (error.cause instanceof Error) {
    own.push(`caused by ${stackOf(error.cause)}`);
  }
  return own.join('\n');
}

module.exports = { logFailure };
