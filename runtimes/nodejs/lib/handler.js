'use strict';

// Finds the user's function and how it wants to be called.

const fs = require('fs');
const path = require('path');

// The names that are tried, in this order, when none is given; before them the export itself.
const DEFAULT_NAMES = ['handler', 'main', 'handle', 'default'];

/** The function cannot be loaded, and the user can mend it. Ends the process with code 78. */
class UserError extends Error {}

/**
 * Runs the entry file. Returns {call, streamsBody}: `call(event, context)` gives the result or a
 * promise of it; `streamsBody` when the function asked for the body as a stream.
 */
async function load(file, entrypoint, name) {
  if (!fs.existsSync(file)) {
    throw new UserError(`there is no file ${entrypoint} in the function's package`);
  }
  const dot = name.lastIndexOf('.');
  const functionName = name.slice(dot + 1);
  const source = dot < 0 ? file : besideOrSame(file, name.slice(0, dot));
  const exported = await run(source);
  const handler = find(exported, path.basename(source), functionName);
  const config = handler.config || exported.config || {};
  return { call: adapt(handler), streamsBody: config.body === 'stream' };
}

// Kubeless and Fission write module.function; the module is the entry file or one beside it.
function besideOrSame(file, moduleName) {
  const candidate = path.join(path.dirname(file), moduleName.replace(/\./g, '/') + path.extname(file));
  return fs.existsSync(candidate) ? candidate : file;
}

async function run(file) {
  if (!file.endsWith('.mjs')) {
    try {
      return require(file);
    } catch (error) {
      if (!error || (error.code !== 'ERR_REQUIRE_ESM' && error.code !== 'ERR_REQUIRE_ASYNC_MODULE')) {
        throw error;
      }
    }
  }
  return import(require('url').pathToFileURL(file));
}

function find(exported, file, name) {
  if (name) {
    const found = exported[name] || (exported.default && exported.default[name]);
    if (typeof found === 'function') {
      return found;
    }
    if (typeof exported === 'function' && exported.name === name) {
      return exported;
    }
    throw new UserError(`${file} does not export a function ${name}; ${functionsOf(exported)}`);
  }
  for (const holder of [exported, exported.default]) {
    if (typeof holder === 'function') {
      return holder;
    }
    const key = holder && DEFAULT_NAMES.find((candidate) => typeof holder[candidate] === 'function');
    if (key) {
      return holder[key];
    }
  }
  throw new UserError(`${file} exports no function and none named handler, main or handle; ${functionsOf(exported)}`);
}

function functionsOf(exported) {
  const names = Object.keys(exported || {}).filter((key) => typeof exported[key] === 'function');
  return names.length ? `it exports ${names.join(', ')}` : 'it exports no functions';
}

/**
 * A function of (event, context) whatever the handler's own arguments are: (event), (event,
 * context), (event, context, callback) with callback(error, result) as AWS Lambda and OpenFaaS
 * have it, and (context, callback) with callback(status, body, headers) as Fission has it. The
 * last is told from the second by its argument's name.
 */
function adapt(handler) {
  if (handler.length >= 3) {
    return (event, context) =>
      withCallback((resolve, reject) =>
        handler(event, context, (error, result) => (error ? reject(error) : resolve(result))),
      );
  }
  if (handler.length === 2 && CALLBACK_SECOND.test(Function.prototype.toString.call(handler))) {
    return (event) =>
      withCallback((resolve) =>
        handler(event, (status, body, headers) => resolve({ statusCode: status, body, headers })),
      );
  }
  return handler;
}

const CALLBACK_SECOND = /^[^(]*\(\s*\w+\s*,\s*(cb|callback|done)\s*\)/;

// A handler with a callback may be async and answer by its promise instead.
function withCallback(call) {
  return new Promise((resolve, reject) => {
    const returned = call(resolve, reject);
    if (returned && typeof returned.then === 'function') {
      returned.then((value) => value !== undefined && resolve(value), reject);
    }
  });
}

module.exports = { load, UserError };
