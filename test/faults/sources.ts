import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Flaw, Script } from './fault.js';
import type { FaultRig } from './rig.js';
import { openContainer } from './sources/container-source.js';
import { openJournal } from './sources/journal-source.js';
import { openLogGroup } from './sources/log-group-source.js';
import { openPosts } from './sources/posts.js';
import type { Source } from './sources/source.js';
import { openPipe } from './sources/stdin-source.js';
import { openSubscription } from './sources/subscription-source.js';
import { openGelf, openSyslogTcp, openSyslogUdp } from './sources/syslog-sources.js';
import { openEventHub, openKafka } from './sources/topic-source.js';
import { openZone } from './sources/zone-source.js';
import type { Tool } from './tools.js';

interface SourceKind {
  readonly name: string;
  readonly promise: string;
  readonly open: (scope: AsyncDisposableStack) => Source | Promise<Source>;
  /** What happens to it, in turn. */
  readonly steps: readonly Step[];
  /** Whether what it sends goes by the queue on the disk, as it cannot be read again. */
  readonly isQueued?: boolean;
  readonly needs?: readonly Tool[];
  readonly tolerates?: readonly Flaw[];
  readonly stuckAfterMs?: number;
}

type Step = (rig: FaultRig, source: Source) => Promise<void>;

const linesPerSecond = 300;

const lokiAway: Step = async (rig) => {
  await rig.receiver.unplug();
  rig.writer.start(linesPerSecond);
  await sleep(rig.awayMs);
  await rig.receiver.listen();
  await rig.writer.stop();
};

const sourceRestarted: Step = async (rig, source) => {
  rig.writer.start(linesPerSecond);
  await sleep(rig.random.between(50, 500));
  await source.restart();
  await sleep(rig.random.between(0, 300));
  await rig.writer.stop();
};

/** For sources that know, or are asked for, what has not been taken. */
const killed: Step = async (rig) => {
  rig.writer.start(linesPerSecond);
  await sleep(rig.random.between(50, 800));
  await rig.agent.kill();
  await sleep(rig.random.between(0, 300));
  await rig.startAgent();
  await rig.writer.stop();
};

/** For those that send and are told nothing: what is in the queue stays there. */
const killedWithFullQueue: Step = async (rig) => {
  await rig.arrived();
  await rig.receiver.unplug();
  const before = await rig.agent.metric(queued);
  rig.writer.write(100);
  await rig.agent.waitForMetric(queued, (entries) => entries >= before + 100);
  await rig.agent.kill();
  await rig.receiver.listen();
  await rig.startAgent();
};
const queued = 'auditail_queue_appended_entries_total';

/** For a pipe, which ends with its reader. */
const killedAtRest: Step = async (rig) => {
  await rig.arrived();
  await rig.agent.kill();
  await rig.startAgent();
  rig.writer.write(50);
};

const resumed = 'nothing lost, nothing twice: read on where Loki had accepted the last';
const answered = 'nothing lost that was answered with success, nothing twice';
const unanswered =
  'nothing lost that was in the queue, nothing twice; Loki away, sender restarted: nothing lost';
const readAgain = [lokiAway, sourceRestarted, killed];
const sentOnce = [lokiAway, sourceRestarted, killedWithFullQueue];

const kinds: readonly SourceKind[] = [
  {
    name: 'stdin',
    promise: 'nothing lost while Loki is away; after a kill, a new pipe is read',
    open: openPipe,
    steps: [lokiAway, killedAtRest],
  },
  { name: 'journal', promise: resumed, open: openJournal, steps: readAgain, needs: ['journal'] },
  {
    name: 'docker',
    promise: resumed,
    open: openContainer,
    steps: readAgain,
    needs: ['dockerd'],
  },
  {
    name: 'kafka',
    promise: resumed,
    open: openKafka,
    steps: readAgain,
    needs: ['kafka'],
    stuckAfterMs: 90_000,
  },
  {
    name: 'azure_event_hubs',
    promise: resumed,
    open: openEventHub,
    steps: readAgain,
    needs: ['kafka'],
    stuckAfterMs: 90_000,
  },
  { name: 'cloudflare', promise: resumed, open: openZone, steps: readAgain },
  { name: 'cloudwatch', promise: resumed, open: openLogGroup, steps: readAgain },
  {
    name: 'gcplog-pull',
    promise: 'nothing lost, nothing twice; acknowledged when Loki has accepted it',
    open: openSubscription,
    steps: readAgain,
    // Pub/Sub hands out again in whatever order.
    tolerates: ['disordered'],
  },
  {
    name: 'gcplog-push',
    promise: answered,
    open: () => openPosts('pubsub'),
    steps: readAgain,
    isQueued: true,
  },
  {
    name: 'loki_push_api',
    promise: answered,
    open: () => openPosts('push'),
    steps: readAgain,
    isQueued: true,
  },
  {
    name: 'heroku_drain',
    promise: answered,
    open: () => openPosts('heroku'),
    steps: readAgain,
    isQueued: true,
  },
  {
    name: 'kubernetes_audit_webhook',
    promise: answered,
    open: () => openPosts('webhook'),
    steps: readAgain,
    isQueued: true,
  },
  { name: 'syslog-tcp', promise: unanswered, open: openSyslogTcp, steps: sentOnce, isQueued: true },
  { name: 'syslog-udp', promise: unanswered, open: openSyslogUdp, steps: sentOnce, isQueued: true },
  { name: 'gelf', promise: unanswered, open: openGelf, steps: sentOnce, isQueued: true },
];

/** Each source other than files: Loki is away, the source itself goes and comes back, the agent is killed. */
export const sources: readonly Fault[] = kinds.map(
  ({ name, promise, open, steps, isQueued = false, stuckAfterMs, needs, tolerates }): Fault => ({
    name: `source-${name}`,
    promise,
    quickCycles: steps.length,
    ...(needs && { needs }),
    ...(tolerates && { tolerates }),
    async begin(scope): Promise<Script> {
      const source = await open(scope);
      return {
        options: { source, isQueued, ...(stuckAfterMs && { stuckAfterMs }) },
        cycle: (rig, cycle) => steps[cycle % steps.length]!(rig, source),
      };
    },
  }),
);
