'use strict';

// Start and stop: the protocol between the node and a runtime, described in docs/functions.md.

const fs = require('fs');
const path = require('path');
const { load, UserError } = require('./handler.js');
const { logFailure } = require('./failures.js');
const { FunctionServer } = require('./server.js');

// EX_CONFIG of sysexits.h: the function itself is wrong, starting it again cannot help.
const EXIT_USER_ERROR = 78;
const EXIT_UNCAUGHT = 1;

async function main() {
  const env = process.env;
  const entrypoint = env.EBB_ENTRYPOINT || 'handler.js';
  const onUncaughtInLoad = (error) => failLoad(error, entrypoint);
  process.once('uncaughtException', onUncaughtInLoad);
  let loaded;
  try {
    loaded = await load(path.resolve(env.EBB_FUNCTION_DIR, entrypoint), entrypoint, env.EBB_HANDLER || '');
  } catch (error) {
    failLoad(error, entrypoint);
  }
  process.off('uncaughtException', onUncaughtInLoad);
  const server = new FunctionServer(loaded, {
    maxBodyBytes: Number(env.EBB_MAX_BODY_BYTES) || Infinity,
    timeoutMillis: Number(env.EBB_REQUEST_TIMEOUT_MILLIS) || 0,
  });
  process.on('SIGTERM', () => server.stop(() => process.exit(0)));
  process.on('SIGINT', () => {});
  process.on('uncaughtException', (error, origin) => {
    const what = origin === 'unhandledRejection' ? 'an unhandled rejection' : 'an uncaught exception';
    logFailure(error, `${server.requestIdOfCaller()}${what}; this instance ends`);
    server.failCaller(error);
    server.stop(() => process.exit(EXIT_UNCAUGHT));
  });
  server.listen(env.EBB_SOCKET ? { path: env.EBB_SOCKET } : { host: '0.0.0.0', port: Number(env.PORT) || 8080 });
}

function failLoad(error, entrypoint) {
  if (error instanceof UserError) {
    fs.writeSync(2, `cannot load the function: ${error.message}\n`);
  } else {
    const firstLine = String((error && error.message) || error).split('\n', 1)[0];
    const kind = (error && error.name) || 'Error';
    logFailure(error, `cannot load the function: ${kind} in ${entrypoint}: ${firstLine}${hint(error)}`);
  }
  process.exit(EXIT_USER_ERROR);
}

function hint(error) {
  return error instanceof SyntaxError && /import statement|token 'export'|import\.meta/.test(error.message)
    ? ' (an ES module: name the file .mjs, or put {"type": "module"} into a package.json beside it)'
    : '';
}

module.exports = { main };
