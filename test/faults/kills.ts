import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Script } from './fault.js';
import { checkDeadLetters, maxLineSize, writeWithRefused } from './refused-lines.js';
import type { FaultRig } from './rig.js';
import { auditStages } from './rig-config.js';
import { scratchDir } from './scratch.js';
import { type Injection, Strace } from './strace.js';

const linesPerSecond = 500;

/** kill -9, at any time and at every step of a line's way. Each is started again at once, while the server writes on. */
export const kills: readonly Fault[] = [
  {
    name: 'kill-any-time',
    promise: 'nothing lost, nothing twice',
    quickCycles: 6,
    async cycle(rig) {
      rig.writer.start(linesPerSecond);
      await sleep(rig.random.between(0, 900));
      await rig.agent.kill();
      await sleep(rig.random.between(0, 300));
      await startAndStopWriting(rig);
    },
  },
  {
    name: 'kill-while-starting',
    promise: 'nothing lost, nothing twice',
    quickCycles: 3,
    async cycle(rig) {
      rig.writer.start(linesPerSecond);
      await rig.agent.kill();
      rig.agent.restart();
      await sleep(rig.random.between(100, 900));
      await rig.agent.kill();
      await startAndStopWriting(rig);
    },
  },
  {
    name: 'kill-at-read',
    promise: 'nothing lost, nothing twice',
    quickCycles: 3,
    needs: ['strace'],
    cycle: (rig) =>
      killAtCall(rig, { paths: [rig.log], calls: '/^p?read', effect: atCall(rig.random.between(1, 20)) }),
  },
  {
    name: 'kill-in-batch',
    promise: 'nothing lost, nothing twice',
    quickCycles: 2,
    options: { client: { batchwait: '2s', batchsize: 10_000_000 } },
    async cycle(rig) {
      await rig.arrived();
      const pushes = rig.receiver.requestCount;
      rig.writer.write(50);
      // Read, and in an open batch: nothing of it has been pushed.
      await rig.agent.waitForMetric('auditail_unacknowledged_bytes', (bytes) => bytes > 0);
      await rig.agent.kill();
      if (rig.receiver.requestCount > pushes) throw new Error('the batch was sent before the kill');
      await startAndStopWriting(rig);
    },
  },
  {
    name: 'kill-at-push',
    promise: 'nothing lost, nothing twice',
    quickCycles: 3,
    cycle: (rig) => killAtPush(rig, 'not stored'),
  },
  {
    name: 'kill-before-reply',
    promise: 'nothing lost, nothing twice',
    quickCycles: 3,
    cycle: (rig) => killAtPush(rig, 'stored'),
  },
  {
    name: 'kill-after-reply',
    promise: 'nothing lost, nothing twice',
    quickCycles: 3,
    async cycle(rig) {
      rig.writer.start(linesPerSecond);
      const answered = () => rig.receiver.requests.filter(({ status }) => status === 204).length;
      const enough = answered() + rig.random.between(1, 5);
      await rig.receiver.waitFor(() => answered() >= enough);
      // Within the milliseconds that the agent takes to note the answer, or just behind them.
      if (rig.random.fraction() < 0.5) await sleep(rig.random.between(0, 5));
      await rig.agent.kill();
      await startAndStopWriting(rig);
    },
  },
  ...(
    [
      ['open', '/^open'],
      ['write', '/^p?write'],
      ['sync', '/sync$'],
      ['rename', '/^rename'],
    ] as const
  ).map(
    ([step, calls]): Fault => ({
      name: `kill-at-position-${step}`,
      promise: 'nothing lost, nothing twice; the file is whole',
      quickCycles: 2,
      needs: ['strace'],
      cycle: (rig) =>
        killAtCall(rig, {
          paths: positionPaths(rig.positionsFile),
          calls,
          effect: atCall(rig.random.between(1, 5)),
        }),
    }),
  ),
  {
    name: 'kill-with-multiline',
    promise: 'nothing lost, nothing twice, also of what a stage holds',
    quickCycles: 3,
    options: {
      stages: [
        { multiline: { firstline: '^\\{"kind"', max_wait_time: '300ms' } },
        { json: { expressions: { time: 'stageTimestamp', verb: 'verb' } } },
        { timestamp: { source: 'time', format: 'RFC3339Nano' } },
        { labels: { verb: '' } },
      ],
    },
    async cycle(rig) {
      rig.writer.start(linesPerSecond);
      await sleep(rig.random.between(0, 900));
      await rig.agent.kill();
      await startAndStopWriting(rig);
    },
  },
  {
    name: 'kill-with-tenants-and-dead-letters',
    promise: 'nothing lost, nothing twice, each tenant for itself; what Loki refuses is kept',
    quickCycles: 3,
    begin: beginTenants,
  },
  {
    name: 'kill-with-kubernetes-audit',
    promise: 'nothing lost, nothing twice, also of what the audit stage makes of it',
    quickCycles: 3,
    options: {
      stages: [
        { kubernetes_audit: { redact: { objects: false, urls: false, patterns: false, copies: false } } },
      ],
    },
    async cycle(rig) {
      rig.writer.start(linesPerSecond);
      await sleep(rig.random.between(0, 900));
      await rig.agent.kill();
      await startAndStopWriting(rig);
    },
  },
  {
    name: 'kill-without-timestamp',
    promise:
      'nothing lost; what Loki had and the positions file did not yet say comes again under a new time',
    quickCycles: 2,
    tolerates: ['duplicated', 'disordered'],
    options: { stages: [] },
    async cycle(rig) {
      rig.writer.start(linesPerSecond);
      await sleep(rig.random.between(200, 900));
      await rig.agent.kill();
      await startAndStopWriting(rig);
    },
  },
];

/** Each verb is a tenant of its own, and one line in ten is too long for Loki. */
function beginTenants(scope: AsyncDisposableStack): Script {
  const directory = scratchDir(scope);
  return {
    options: {
      stages: [...auditStages, { tenant: { source: 'verb' } }],
      receiver: { limits: { maxLineSize } },
      client: { dead_letter: directory },
    },
    async cycle(rig) {
      rig.writer.start(linesPerSecond);
      const end = performance.now() + rig.random.between(0, 900);
      while (performance.now() < end) {
        writeWithRefused(rig, 5);
        await sleep(20);
      }
      await rig.agent.kill();
      await startAndStopWriting(rig);
    },
    check: (rig) => checkDeadLetters(rig, directory),
  };
}

/** positions.yaml and its copy with identities, while they are written and after, and their folder. */
export function positionPaths(filename: string): string[] {
  const slash = filename.lastIndexOf('/') + 1;
  const [folder, name] = [filename.slice(0, slash), filename.slice(slash)];
  return [`${folder}.${name}.new`, `${folder}.${name}.identity.json.new`, folder.slice(0, -1)];
}

async function startAndStopWriting(rig: FaultRig): Promise<void> {
  await rig.startAgent();
  await rig.writer.stop();
}

function atCall(count: number): string {
  return `signal=KILL:when=${count}`;
}

/** Kills the agent on its way into a system call. */
async function killAtCall(rig: FaultRig, injection: Injection): Promise<void> {
  await using _strace = await Strace.attach(rig.agent.pid, injection);
  rig.writer.start(linesPerSecond);
  await rig.agent.ended();
  await startAndStopWriting(rig);
}

/** Kills the agent when the receiver has its push, which is answered by nobody. */
async function killAtPush(rig: FaultRig, what: 'stored' | 'not stored'): Promise<void> {
  let pushes = rig.random.between(1, 5);
  rig.receiver.answerWith(() => {
    if (--pushes > 0) return undefined;
    rig.agent.signal('SIGKILL');
    return { kind: what === 'stored' ? 'drop-reply' : 'close' };
  });
  rig.writer.start(linesPerSecond);
  await rig.agent.ended();
  rig.receiver.answerWith(() => undefined);
  await startAndStopWriting(rig);
}
