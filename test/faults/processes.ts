import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LokiReceiver } from '../../demo/loki/receiver.js';
import type { Fault, Script } from './fault.js';
import type { FaultRig } from './rig.js';
import { scratchDir } from './scratch.js';
import { faketimeLibrary } from './tools.js';

/** The agent is stopped, paused, reloaded, started twice, or its clock is wrong. */
export const processes: readonly Fault[] = [
  {
    name: 'paused',
    promise: 'nothing lost, nothing twice (SIGSTOP while files are rotated, for longer than Loki waits)',
    quickCycles: 3,
    async cycle(rig) {
      rig.writer.start(800);
      await sleep(rig.random.between(0, 100));
      rig.agent.signal('SIGSTOP');
      await sleep(rig.random.between(200, 1500));
      rig.agent.signal('SIGCONT');
      await rig.writer.stop();
    },
  },
  {
    name: 'stopped-under-load',
    promise: 'ends in good order; nothing lost, nothing sent again',
    quickCycles: 3,
    async cycle(rig) {
      rig.writer.start(800);
      await sleep(rig.random.between(100, 500));
      await stopInGoodOrder(rig, 5000);
      await rig.startAgent();
      await rig.writer.stop();
    },
    check(_, { resent }) {
      if (resent > 0) throw new Error(`${resent} lines were sent again after a stop in good order`);
    },
  },
  {
    name: 'stopped-while-loki-is-away',
    promise: 'ends within graceful_shutdown_timeout; nothing lost',
    quickCycles: 2,
    options: { serverOptions: { graceful_shutdown_timeout: '1s' } },
    async cycle(rig) {
      await rig.receiver.unplug();
      rig.writer.start(800);
      await sleep(rig.random.between(100, 500));
      await stopInGoodOrder(rig, 1000 + 2000);
      await rig.receiver.listen();
      await rig.startAgent();
      await rig.writer.stop();
    },
  },
  {
    name: 'stopped-while-loki-hangs',
    promise: 'ends within graceful_shutdown_timeout; nothing lost',
    quickCycles: 2,
    options: { serverOptions: { graceful_shutdown_timeout: '1s' }, client: { timeout: '1m' } },
    async cycle(rig) {
      rig.receiver.answerWith(() => ({ kind: 'hang' }));
      const before = rig.receiver.requestCount;
      rig.writer.start(800);
      await rig.receiver.waitFor(({ requestCount }) => requestCount > before);
      await stopInGoodOrder(rig, 1000 + 2000);
      rig.receiver.answerWith(() => undefined);
      await rig.startAgent();
      await rig.writer.stop();
    },
  },
  ...(['SIGHUP', '/reload'] as const).map(
    (way): Fault => ({
      name: `reloaded-by-${way.replace('/', '')}`,
      promise: 'nothing lost, nothing sent again',
      quickCycles: 5,
      async cycle(rig, cycle) {
        rig.writer.start(800);
        await sleep(rig.random.between(50, 300));
        rig.configure(changes[cycle % changes.length]!(cycle));
        await reload(rig, way);
      },
      check(_, { resent }) {
        if (resent > 0) throw new Error(`${resent} lines were sent again after a reload`);
      },
    }),
  ),
  {
    name: 'reloaded-while-loki-is-away',
    promise: 'nothing lost, in order: what the clients before did not get through is read again',
    quickCycles: 1,
    async cycle(rig, cycle) {
      rig.writer.start(200);
      await rig.receiver.unplug();
      await sleep(rig.random.between(100, 500));
      rig.configure({ client: { batchsize: 60_000 + cycle } });
      await reload(rig, 'SIGHUP');
      await rig.receiver.listen();
      await rig.writer.stop();
    },
  },
  {
    name: 'reloaded-with-errors',
    promise: 'goes on as before',
    quickCycles: 3,
    async cycle(rig) {
      rig.writer.start(500);
      writeFileSync(rig.configFile, 'clients: [');
      const seen = rig.agent.log.length;
      rig.agent.signal('SIGHUP');
      await rig.agent.waitForLog('failed to reload config', { after: seen });
    },
  },
  {
    name: 'reloaded-with-what-cannot-start',
    promise: 'goes back to what ran before; nothing lost, nothing sent again',
    quickCycles: 3,
    async cycle(rig, cycle) {
      rig.writer.start(500);
      const taken = new URL(rig.agent.url).host;
      const otherJob = { job_name: 'taken', syslog: { listen_address: taken } };
      rig.configure({ ...changes[cycle % changes.length]!(cycle), otherJob });
      const seen = rig.agent.log.length;
      rig.agent.signal('SIGHUP');
      await rig.agent.waitForLog('address already in use', { after: seen, timeoutMs: 20_000 });
    },
    check(_, { resent }) {
      if (resent > 0) throw new Error(`${resent} lines were sent again after a reload`);
    },
  },
  {
    name: 'two-agents',
    promise: 'the second refuses to start; the first is not disturbed',
    quickCycles: 2,
    async cycle(rig) {
      rig.writer.start(500);
      const second = rig.newAgent();
      const { code } = await second.ended();
      if (
        code !== 1 ||
        !second.log.some((line) => line.includes('another agent is using the positions file'))
      )
        throw new Error(`the second agent did not refuse to start; ${second.describe()}`);
      // Whoever had the lock is dead: the next one takes it.
      await rig.agent.kill();
      await rig.startAgent();
      await rig.writer.stop();
    },
  },
  {
    name: 'clock-jumps',
    promise: 'nothing lost, nothing twice (hours ahead and back, running and stopped)',
    quickCycles: 4,
    needs: ['faketime'],
    begin: beginClock,
  },
  {
    name: 'one-of-two-lokis-away',
    promise: 'the other one gets everything meanwhile; in the end both have it',
    quickCycles: 2,
    begin: beginTwoLokis,
  },
];

const changes: readonly ((cycle: number) => object)[] = [
  (cycle) => ({ client: { batchsize: 60_000 + cycle } }),
  (cycle) => ({ positions: { sync_period: `${100 + cycle}ms` } }),
  // The same labels and lines, by other words: the job is built anew.
  (cycle) => ({ extraStage: { drop: { expression: `never ${cycle}` } } }),
];

async function reload(rig: FaultRig, way: 'SIGHUP' | '/reload'): Promise<void> {
  const seen = rig.agent.log.length;
  if (way === 'SIGHUP') rig.agent.signal('SIGHUP');
  else await fetch(`${rig.agent.url}/reload`, { method: 'POST' });
  await rig.agent.waitForLog('config reloaded', { after: seen, timeoutMs: 20_000 });
}

async function stopInGoodOrder(rig: FaultRig, withinMs: number): Promise<void> {
  const { code } = await rig.agent.stop({ timeoutMs: withinMs });
  if (code !== 0) throw new Error(`it ended with code ${code}`);
}

/** A clock of the agent's own; that of the files and of everybody else goes right. */
function beginClock(scope: AsyncDisposableStack): Script {
  const clock = join(scratchDir(scope), 'clock');
  const set = (offset: string) => writeFileSync(clock, `${offset}\n`);
  set('+0');
  return {
    options: {
      process: {
        env: {
          LD_PRELOAD: faketimeLibrary()!,
          FAKETIME_TIMESTAMP_FILE: clock,
          FAKETIME_NO_CACHE: '1',
          // Timers go by another clock, which nobody sets.
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
          NO_FAKE_STAT: '1',
        },
      },
    },
    async cycle(rig) {
      rig.writer.start(500);
      await sleep(rig.random.between(50, 300));
      set(rig.random.pick(['+5h', '-5h', '+40s', '-40s', '+400d', '+0']));
      await sleep(rig.random.between(50, 500));
      if (rig.random.fraction() < 0.5) {
        await rig.agent.kill();
        await rig.startAgent();
      }
      await rig.writer.stop();
    },
  };
}

function beginTwoLokis(scope: AsyncDisposableStack): Script {
  const others: LokiReceiver[] = [];
  scope.defer(() => Promise.all(others.map((other) => other.stop())).then(() => {}));
  return {
    async cycle(rig, cycle) {
      const other = others[0] ?? (await LokiReceiver.start());
      if (others.length === 0) {
        others.push(other);
        rig.configure({ secondClient: { url: other.pushUrl } });
        await reload(rig, 'SIGHUP');
      }
      const away = cycle % 2 === 0 ? other : rig.receiver;
      await away.unplug();
      const written = rig.tally.written;
      rig.writer.write(100);
      const here = away === other ? rig.receiver : other;
      const last = rig.tally.linesSince(written).at(-1)!;
      await here.waitFor((receiver) => receiver.entries().some(({ line }) => line === last));
      await rig.agent.kill();
      await rig.startAgent();
      await away.listen();
      await rig.arrived();
      await away.waitFor((receiver) => receiver.entries().some(({ line }) => line === last));
    },
  };
}
