// What the official JavaScript client does with a cluster, done with Ebb. Any difference ends it with a stack.
//
// The environment says what to work with: NAMESPACE (empty), IMAGE (a function's), GATEWAY (its URL),
// CLIENT (the folder that has the client in its node_modules), KUBECONFIG.

import assert from 'node:assert/strict';
import http from 'node:http';
import { createRequire } from 'node:module';
import net from 'node:net';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';

const { NAMESPACE: namespace, IMAGE: image, GATEWAY: gateway, CLIENT, KUBECONFIG } = process.env;
const client = createRequire(`${CLIENT}/`).resolve('@kubernetes/client-node');
const k8s = await import(pathToFileURL(client));

const kubeconfig = new k8s.KubeConfig();
kubeconfig.loadFromFile(KUBECONFIG);
const core = kubeconfig.makeApiClient(k8s.CoreV1Api);
const custom = kubeconfig.makeApiClient(k8s.CustomObjectsApi);
const anything = k8s.KubernetesObjectApi.makeApiClient(kubeconfig);
const serving = { group: 'serving.knative.dev', version: 'v1', namespace, plural: 'services' };
const path = `/apis/serving.knative.dev/v1/namespaces/${namespace}/services`;

const configMap = (name, data) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, labels: { 'made-by': 'nodejs' } },
  data,
});

const knativeService = (name, target) => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { template: { spec: { containers: [{ image, env: [{ name: 'TARGET', value: target }] }] } } },
});

const isReady = ({ metadata, status }) =>
  status?.observedGeneration === metadata.generation &&
  status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True');

const refused = (code, reason, promise) =>
  assert.rejects(promise, (error) => {
    const status = typeof error.body === 'string' ? JSON.parse(error.body) : error.body;
    assert.deepEqual([error.code, status.reason], [code, reason]);
    return true;
  });

// fetch() does not let its users say the Host.
const call = (name) =>
  new Promise((resolve, reject) => {
    const headers = { host: `${name}.${namespace}.localhost` };
    const request = http.get(gateway, { headers, timeout: 30_000 }, async (response) => {
      let body = '';
      for await (const chunk of response.setEncoding('utf8')) body += chunk;
      resolve(body);
    });
    request.on('error', reject).on('timeout', () => request.destroy(new Error('no answer within 30 s')));
  });

// Resolves with what `look` finds in one of the calls of `tell`, which `start` is given.
const until = (what, start) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not within 30 s: ${what}`)), 30_000);
    start((value) => {
      clearTimeout(timer);
      resolve(value);
    }, reject);
  });

async function typedObjects() {
  await core.createNamespacedConfigMap({ namespace, body: configMap('first', { a: '1' }) });
  await refused(409, 'AlreadyExists', core.createNamespacedConfigMap({ namespace, body: configMap('first') }));
  await refused(404, 'NotFound', core.readNamespacedConfigMap({ namespace, name: 'nothing' }));
  await refused(422, 'Invalid', core.createNamespacedConfigMap({ namespace, body: configMap('No_Name') }));

  const first = await core.readNamespacedConfigMap({ namespace, name: 'first' });
  first.data.b = '2';
  const changed = await core.replaceNamespacedConfigMap({ namespace, name: 'first', body: first });
  assert.deepEqual(changed.data, { a: '1', b: '2' });
  assert.ok(changed.metadata.creationTimestamp instanceof Date);
  await refused(409, 'Conflict', core.replaceNamespacedConfigMap({ namespace, name: 'first', body: first }));
}

// Each type of patch by its content type; custom kinds know no strategic one.
async function patches() {
  const patch = (type, body, more) =>
    core.patchNamespacedConfigMap({ namespace, name: 'first', body, ...more }, k8s.setHeaderOptions('Content-Type', type));
  const { JsonPatch, MergePatch, StrategicMergePatch, ServerSideApply } = k8s.PatchStrategy;

  assert.deepEqual((await patch(JsonPatch, [{ op: 'remove', path: '/data/a' }])).data, { b: '2' });
  assert.deepEqual((await patch(MergePatch, { data: { b: null, c: '3' } })).data, { c: '3' });
  assert.deepEqual((await patch(StrategicMergePatch, { data: { d: '4' } })).data, { c: '3', d: '4' });
  await refused(422, 'Invalid', patch(JsonPatch, [{ op: 'test', path: '/data/c', value: 'other' }]));

  const applied = configMap('first', { c: '5' });
  await refused(409, 'Conflict', patch(ServerSideApply, applied, { fieldManager: 'node' }));
  const forced = await patch(ServerSideApply, applied, { fieldManager: 'node', force: true });
  assert.deepEqual(forced.data, { c: '5', d: '4' });
  assert.ok(forced.metadata.managedFields.some(({ manager, operation }) => manager === 'node' && operation === 'Apply'));
}

// A Service from nothing to Ready and changed, seen by a watch.
async function services() {
  const ready = (generation) =>
    until(`generation ${generation} is Ready`, async (found, failed) => {
      const watch = await new k8s.Watch(kubeconfig).watch(
        path,
        { fieldSelector: 'metadata.name=js' },
        (type, service) => {
          if (service.metadata.generation !== generation || !isReady(service)) return;
          found(service);
          watch?.abort();
        },
        (error) => error && error.name !== 'AbortError' && failed(error),
      );
    });
  await custom.createNamespacedCustomObject({ ...serving, body: knativeService('js', 'JavaScript') });
  await ready(1);
  assert.equal(await call('js'), 'JavaScript\n');

  const body = [{ op: 'replace', path: '/spec/template/spec/containers/0/env/0/value', value: 'Node' }];
  await custom.patchNamespacedCustomObject({ ...serving, name: 'js', body });
  assert.equal((await ready(2)).status.latestReadyRevisionName, 'js-00002');
  assert.equal(await call('js'), 'Node\n');
  await refused(
    415,
    'UnsupportedMediaType',
    anything.patch(knativeService('js', 'x'), undefined, undefined, undefined, undefined, k8s.PatchStrategy.StrategicMergePatch),
  );
  const merged = { ...knativeService('js', 'x'), spec: undefined };
  merged.metadata.labels = { merged: 'yes' };
  const labelled = await anything.patch(merged, undefined, undefined, undefined, undefined, k8s.PatchStrategy.MergePatch);
  assert.deepEqual([labelled.metadata.labels.merged, labelled.metadata.generation], ['yes', 2]);
}

// An informer lists, watches, and tells of each change once.
async function informer() {
  const seen = [];
  const list = () => core.listNamespacedConfigMap({ namespace, labelSelector: 'informed=yes' });
  const informer = k8s.makeInformer(kubeconfig, `/api/v1/namespaces/${namespace}/configmaps`, list, 'informed=yes');
  const deleted = until('the informer saw it go', (found, failed) => {
    for (const verb of ['add', 'update', 'delete']) {
      informer.on(verb, ({ metadata, data }) => {
        seen.push(`${verb} ${metadata.name} ${data.step}`);
        if (verb === 'delete') found();
      });
    }
    informer.on('error', failed);
  });
  const object = (step) => {
    const made = configMap('informed', { step });
    made.metadata.labels.informed = 'yes';
    return made;
  };
  await core.createNamespacedConfigMap({ namespace, body: object('listed') });
  await informer.start();
  assert.equal(informer.get('informed', namespace).data.step, 'listed');
  await core.replaceNamespacedConfigMap({ namespace, name: 'informed', body: object('changed') });
  await core.deleteNamespacedConfigMap({ namespace, name: 'informed' });
  await deleted;
  await informer.stop();
  assert.deepEqual(seen, ['add informed listed', 'update informed changed', 'delete informed changed']);
}

// The log of a Pod, followed while it grows.
async function logs() {
  const labelSelector = 'serving.knative.dev/revision=js-00002';
  const { items } = await core.listNamespacedPod({ namespace, labelSelector });
  const pod = items.find(({ status }) => status.phase === 'Running');
  assert.ok(pod.status.startTime instanceof Date);
  const stream = new PassThrough({ encoding: 'utf8' });
  const following = await new k8s.Log(kubeconfig).log(namespace, pod.metadata.name, 'user-container', stream, { follow: true });
  let text = '';
  const lines = async (count) => {
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      text += chunk;
      if (text.split('I was called\n').length > count) return;
    }
  };
  await lines(1);
  await call('js');
  await lines(2);
  following.abort();
}

// A port of a Pod, as a port here.
async function forward() {
  const { items } = await core.listNamespacedPod({ namespace, labelSelector: 'serving.knative.dev/revision=js-00002' });
  const pod = items.find(({ status }) => status.phase === 'Running');
  const forwarding = new k8s.PortForward(kubeconfig);
  const server = net.createServer((socket) => forwarding.portForward(namespace, pod.metadata.name, [8080], socket, null, socket));
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/`);
  assert.deepEqual([answer.status, await answer.text()], [200, 'Node\n']);
  server.close();
}

async function deletion() {
  await anything.delete(knativeService('js'), undefined, undefined, undefined, undefined, 'Background');
  await refused(404, 'NotFound', anything.read(knativeService('js')));
  const { items } = await anything.list('v1', 'ConfigMap', namespace, undefined, undefined, undefined, undefined, 'made-by=nodejs');
  assert.deepEqual(items.map(({ metadata }) => metadata.name), ['first']);
}

for (const step of [typedObjects, patches, services, informer, logs, forward, deletion]) {
  try {
    await step();
  } catch (error) {
    error.message = `${step.name}: ${error.message}`;
    throw error;
  }
}
console.log('done');
process.exit(0);
