import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Reply } from '../../demo/loki/reply.js';
import { Authority } from '../support/certificates.js';
import type { Fault, Script } from './fault.js';
import { checkDeadLetters, maxLineSize, writeWithRefused } from './refused-lines.js';
import { scratchDir } from './scratch.js';

const rateLimited =
  "ingestion rate limit exceeded for user fake (limit: 4194304 bytes/sec) while attempting to ingest '9' lines totaling '9' bytes";

/** One bad answer is a cycle; each is followed by a good one. */
const badAnswers: readonly (readonly [name: string, reply: Reply])[] = [
  ['429', { kind: 'status', status: 429, body: rateLimited }],
  ['429-retry-after', { kind: 'status', status: 429, body: rateLimited, headers: { 'retry-after': '1' } }],
  ['500', { kind: 'status', status: 500, body: 'internal error' }],
  ['503', { kind: 'status', status: 503, body: 'no healthy upstream' }],
  ['500-though-stored', { kind: 'status', status: 500, body: 'context deadline exceeded', store: true }],
  ['slow', { kind: 'normal', delayMs: 300 }],
  ['no-answer', { kind: 'hang' }],
  ['connection-closed', { kind: 'close' }],
  ['reset-in-body', { kind: 'reset-mid-body' }],
  ['reply-lost', { kind: 'drop-reply' }],
  ['half-status-line', { kind: 'half-reply', part: 'status-line' }],
  ['half-body', { kind: 'half-reply', part: 'body' }],
  ['401', { kind: 'status', status: 401, body: 'no org id' }],
  ['404', { kind: 'status', status: 404, body: '404 page not found' }],
];

/** Loki answers badly, or not at all. */
export const answers: readonly Fault[] = [
  ...badAnswers.map(
    ([name, reply]): Fault => ({
      name: `answer-${name}`,
      promise: 'sent again until it is accepted',
      quickCycles: 5,
      options: { client: { timeout: '500ms' } },
      async cycle(rig) {
        const before = rig.receiver.requestCount;
        rig.receiver.answer(reply);
        rig.writer.write(rig.random.between(20, 100));
        await rig.receiver.waitFor(({ requestCount }) => requestCount > before);
      },
    }),
  ),
  {
    name: 'answers-mixed-under-load',
    promise: 'sent again until it is accepted',
    quickCycles: 20,
    options: { client: { timeout: '300ms' } },
    async cycle(rig) {
      const before = rig.receiver.requestCount;
      rig.receiver.answer(rig.random.pick(badAnswers)[1]);
      rig.writer.start(1000);
      await rig.receiver.waitFor(({ requestCount }) => requestCount > before);
    },
  },
  {
    name: 'connection-refused',
    promise: 'waits, then sends all',
    quickCycles: 3,
    async cycle(rig) {
      rig.writer.write(50);
      await rig.receiver.unplug();
      rig.writer.start(500);
      await sleep(rig.random.between(100, 500));
      await rig.receiver.listen();
      await rig.writer.stop();
    },
  },
  {
    name: 'dns-failure',
    promise: 'waits, then sends all',
    quickCycles: 2,
    needs: ['mount'],
    begin: beginDnsFailure,
  },
  {
    name: 'tls-expired',
    promise: 'waits until it is renewed; nothing goes to a server that is not to be trusted',
    quickCycles: 2,
    begin: beginExpiry,
  },
  {
    name: 'entries-refused',
    promise: 'the others are sent; what Loki refuses is kept as dead letters',
    quickCycles: 3,
    begin: beginRefusals,
  },
  {
    name: 'body-too-large',
    promise: 'sent in smaller parts',
    quickCycles: 3,
    options: { receiver: { limits: { maxRequestSize: 20_000 } } },
    async cycle(rig) {
      rig.writer.write(200);
      await sleep(50);
    },
  },
];

const knownHost = '127.0.0.1 loki.test\n';

/** The agent has a hosts file of its own, in which Loki's name comes and goes. */
function beginDnsFailure(scope: AsyncDisposableStack): Script {
  const hosts = join(scratchDir(scope), 'hosts');
  writeFileSync(hosts, knownHost);
  const mount = `mount --bind ${hosts} /etc/hosts && exec "$0" "$@"`;
  return {
    options: {
      process: { through: ['unshare', '--mount', 'sh', '-c', mount] },
      clientOf: ({ url }) => ({ url: `${url.replace('127.0.0.1', 'loki.test')}/loki/api/v1/push` }),
    },
    async cycle(rig) {
      await rig.arrived();
      writeFileSync(hosts, '');
      // Connections that are there need no name.
      await rig.receiver.unplug();
      await rig.receiver.listen();
      const seen = rig.agent.log.length;
      rig.writer.write(100);
      await rig.agent.waitForLog(/ENOTFOUND|EAI_AGAIN/, { after: seen, timeoutMs: 20_000 });
      writeFileSync(hosts, knownHost);
    },
  };
}

function beginExpiry(): Script {
  const authority = new Authority();
  const good = authority.issue();
  const expired = authority.issue({ expiresMs: Date.now() - 60_000 });
  const tls = { ...good };
  return {
    options: { receiver: { tls }, client: { tls_config: { ca: authority.cert } } },
    async cycle(rig) {
      const present = async (certificate: typeof good) => {
        await rig.receiver.unplug();
        Object.assign(tls, certificate);
        await rig.receiver.listen();
      };
      await rig.arrived();
      await present(expired);
      const pushes = rig.receiver.requestCount;
      const seen = rig.agent.log.length;
      rig.writer.write(100);
      await rig.agent.waitForLog(/expired/, { after: seen });
      if (rig.receiver.requestCount > pushes)
        throw new Error('lines went to a server with an expired certificate');
      await present(good);
    },
  };
}

function beginRefusals(scope: AsyncDisposableStack): Script {
  const directory = scratchDir(scope);
  return {
    options: { receiver: { limits: { maxLineSize } }, client: { dead_letter: directory } },
    cycle: async (rig) => writeWithRefused(rig, 40),
    check: (rig) => checkDeadLetters(rig, directory),
  };
}
