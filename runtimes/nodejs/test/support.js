'use strict';

// A function in a real process behind a real unix socket.

const { spawn } = require('child_process');
const fs = require('fs');
const http = require('http');
const net = require('net');
const os = require('os');
const path = require('path');

const SERVER = path.join(__dirname, '..', 'server.js');
const DEADLINE_MILLIS = 120_000;

async function waitUntil(condition, what) {
  const end = Date.now() + DEADLINE_MILLIS;
  while (!(await condition())) {
    if (Date.now() > end) {
      throw new Error(`waited in vain for ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Writes files, starts the runtime and talks to it. */
class Fixture {
  constructor(files, env = {}) {
    this.directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ebb-'));
    this.socketPath = path.join(this.directory, 's');
    const folder = path.join(this.directory, 'package');
    fs.mkdirSync(folder);
    for (const [name, text] of Object.entries(typeof files === 'string' ? { 'handler.js': files } : files)) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), text);
    }
    const log = fs.openSync(path.join(this.directory, 'log'), 'w+');
    this.process = spawn(process.execPath, [SERVER], {
      cwd: this.directory,
      env: {
        PATH: process.env.PATH,
        HOME: this.directory,
        K_SERVICE: 'hello',
        K_REVISION: 'hello-00001',
        EBB_SOCKET: this.socketPath,
        EBB_FUNCTION_DIR: folder,
        EBB_ENTRYPOINT: 'handler.js',
        EBB_HANDLER: '',
        EBB_MAX_BODY_BYTES: '100000',
        EBB_REQUEST_TIMEOUT_MILLIS: '30000',
        EBB_CONCURRENCY: '0',
        ...env,
      },
      stdio: ['ignore', log, log],
    });
    fs.closeSync(log);
    this.exited = new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the process did not end')), DEADLINE_MILLIS);
      this.process.on('exit', (code, signal) => {
        clearTimeout(timer);
        resolve(code ?? signal);
      });
    });
    this.exited.catch(() => {});
  }

  async ready() {
    await waitUntil(async () => {
      if (this.process.exitCode !== null) {
        throw new Error(`exit code ${this.process.exitCode}: ${this.output()}`);
      }
      return this.accepts();
    }, 'the function to listen');
    return this;
  }

  accepts() {
    return new Promise((resolve) => {
      const client = net.connect(this.socketPath);
      client.on('connect', () => client.destroy(resolve(true)));
      client.on('error', () => resolve(false));
    });
  }

  output() {
    return fs.readFileSync(path.join(this.directory, 'log'), 'utf8');
  }

  close() {
    this.process.kill('SIGKILL');
    fs.rmSync(this.directory, { recursive: true, force: true });
  }

  /** One request: {status, headers, body}. */
  request({ method = 'GET', path: target = '/', headers = {}, body, agent } = {}) {
    return new Promise((resolve, reject) => {
      const request = http.request({ socketPath: this.socketPath, method, path: target, headers, agent }, (response) => {
        const pieces = [];
        response.on('data', (piece) => pieces.push(piece));
        response.on('end', () =>
          resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(pieces).toString() }),
        );
        response.on('error', reject);
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  connect() {
    const client = net.connect(this.socketPath);
    client.received = '';
    client.setEncoding('latin1');
    client.on('data', (piece) => (client.received += piece));
    client.on('error', () => {});
    client.ended = new Promise((resolve) => client.on('close', resolve));
    return client;
  }

  /** Sends bytes, ends the sending side, and reads to the end. */
  async raw(data) {
    const client = this.connect();
    client.end(data);
    await client.ended;
    return client.received;
  }
}

/** Runs a test against a function. */
async function withFunction(files, env, test) {
  const fixture = new Fixture(files, env);
  try {
    await fixture.ready();
    return await test(fixture);
  } finally {
    fixture.close();
  }
}

module.exports = { Fixture, waitUntil, withFunction };
