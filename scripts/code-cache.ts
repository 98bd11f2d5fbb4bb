/**
 * `node scripts/code-cache.ts dist/auditail.js` starts the agent that was just built, lets it ship a few lines, and writes what V8 has
 * compiled until then to a file beside it. The next start reads that instead of compiling; functions that were not called here are compiled
 * when they are first called, as ever.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Script } from 'node:vm';

const bundle = resolve(process.argv[2]!);
const folder = mkdtempSync(join(tmpdir(), 'auditail-build-'));
const pushed = Promise.withResolvers<void>();
const loki = createServer((request, response) => {
  request.resume().once('end', () => response.writeHead(204).end(() => pushed.resolve()));
}).listen(0, '127.0.0.1');
await new Promise((resolve) => loki.once('listening', resolve));
// Should the agent not start, this ends with it.
loki.unref();

const event = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Metadata',
  auditID: '6f2b1f0e-1d2c-4b5a-9c8d-7e6f5a4b3c2d',
  stage: 'ResponseComplete',
  verb: 'get',
  user: { username: 'system:kube-scheduler', groups: ['system:authenticated'] },
  objectRef: { resource: 'pods', namespace: 'default', name: 'web-0' },
  responseStatus: { metadata: {}, code: 200 },
  stageTimestamp: '2026-01-01T00:00:00.000377Z',
};
writeFileSync(join(folder, 'audit.log'), `${JSON.stringify(event)}\n`.repeat(3));
Object.assign(process.env, {
  AUDIT_LOG: join(folder, 'audit.log'),
  LOKI_URL: `http://127.0.0.1:${(loki.address() as AddressInfo).port}/loki/api/v1/push`,
  POSITIONS_FILE: join(folder, 'positions.yaml'),
  HTTP_PORT: '0',
});
process.argv.splice(
  2,
  Infinity,
  '-config.file=examples/kubernetes-audit.yaml',
  '-config.expand-env=true',
  '-log.level=error',
);

const { script } = (await import(bundle)) as { script: Script };
await pushed.promise;
// Once what the answer leads to is done, too.
await setTimeout(500);
const file = `agent-${process.versions.v8}-${process.arch}.cache`;
writeFileSync(join(dirname(bundle), file), script.createCachedData());
rmSync(folder, { recursive: true });
process.exit();
