import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { AppendedFile } from './appended-file.js';
import type { Fault, Script } from './fault.js';
import type { FaultRig } from './rig.js';
import type { RigConfig } from './rig-config.js';
import { scratchDir } from './scratch.js';

const eventBytes = 1300;

const globbedStyles = ['numbers', 'copytruncate', 'copytruncate-compress', 'copytruncate-dateext'];

/** The log is rotated under the agent's hands, or while it is not there. */
export const rotations: readonly Fault[] = [
  ...[1, 3, 10].flatMap((files) =>
    [false, true].map(
      (compress): Fault => ({
        name: `rotated-${files}-times-while-stopped${compress ? '-gz' : ''}`,
        promise: 'goes on in the rotated file, then the others in their order, then the live one',
        quickCycles: 1,
        options: { log: { compress } },
        cycle: (rig) => rotateWhileStopped(rig, files),
      }),
    ),
  ),
  {
    name: 'rotation-faster-than-reading',
    promise: 'nothing lost, nothing twice, in order',
    quickCycles: 2,
    options: { log: { maxBytes: 10 * eventBytes } },
    async cycle(rig) {
      rig.receiver.answerWith(() => ({ kind: 'normal', delayMs: 50 }));
      rig.writer.start(1000);
      await sleep(1500);
      await rig.writer.stop();
      rig.receiver.answerWith(() => undefined);
    },
  },
  {
    name: 'kill-amid-fast-rotation',
    promise: 'nothing lost, nothing twice, in order',
    quickCycles: 3,
    options: { log: { maxBytes: 20 * eventBytes } },
    async cycle(rig) {
      rig.writer.start(800);
      await sleep(rig.random.between(100, 900));
      await rig.agent.kill();
      await sleep(rig.random.between(0, 500));
      await rig.startAgent();
      await rig.writer.stop();
    },
  },
  {
    name: 'pruned-while-stopped',
    promise: 'what is still there is sent; a line in Loki tells of the gap',
    quickCycles: 2,
    tolerates: ['gaps'],
    options: { log: { maxBytes: 30 * eventBytes, maxBackups: 3 } },
    async cycle(rig) {
      await rig.arrived();
      await rig.agent.kill();
      const before = rig.tally.written;
      rig.writer.write(300);
      await rig.lumberjack!.settled();
      excuseWhatIsGone(rig, before);
      await rig.startAgent();
    },
    check(_, { gaps }) {
      if (gaps === 0) throw new Error('no line in Loki tells of the gap');
    },
  },
  {
    name: 'pruned-while-loki-is-away',
    promise: 'files that are held open are read all the same',
    quickCycles: 1,
    options: { log: { maxBytes: 30 * eventBytes, maxBackups: 3 } },
    async cycle(rig) {
      await rig.arrived();
      await rig.receiver.unplug();
      // So slowly that the agent sees each file before it is gone.
      for (let file = 0; file < 12; file++) {
        rig.writer.write(30);
        await sleep(50);
      }
      await rig.receiver.listen();
    },
  },
  ...logrotateStyles().map(
    ([style, config, delivery]): Fault => ({
      name: `logrotate-${style}`,
      promise:
        delivery === 'copytruncate'
          ? 'nothing lost that logrotate itself does not lose, nothing twice'
          : 'nothing lost, nothing twice, also what is written to the old name',
      quickCycles: 3,
      needs: ['logrotate'],
      begin: (scope) => beginLogrotate(scope, config, delivery),
    }),
  ),
  ...logrotateStyles()
    .filter(([style]) => globbedStyles.includes(style))
    .map(
      ([style, config, delivery]): Fault => ({
        name: `globbed-logrotate-${style}`,
        promise: 'the same, where the pattern matches the rotated files as well',
        quickCycles: 3,
        needs: ['logrotate'],
        begin: (scope) => beginLogrotate(scope, config, delivery, { pathEnd: '*' }),
      }),
    ),
];

async function rotateWhileStopped(rig: FaultRig, files: number): Promise<void> {
  rig.writer.write(60);
  if (rig.random.fraction() < 0.5) await rig.agent.kill();
  else await rig.agent.stop();
  for (let file = 0; file < files; file++) {
    rig.writer.write(rig.random.between(1, 40));
    rig.lumberjack!.rotate();
  }
  rig.writer.write(rig.random.between(0, 40));
  await rig.lumberjack!.settled();
  await rig.startAgent();
}

/** Lines written since that are in no file any more. */
function excuseWhatIsGone(rig: FaultRig, since: number): void {
  const folder = dirname(rig.log);
  const there = new Set(
    readdirSync(folder).flatMap((name) => {
      const bytes = readFileSync(join(folder, name));
      return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\n');
    }),
  );
  for (const line of rig.tally.linesSince(since)) if (!there.has(line)) rig.tally.excuse(line);
}

type Delivery = 'create' | 'copytruncate';

function logrotateStyles(): (readonly [style: string, config: string, delivery: Delivery])[] {
  return [
    ['numbers', 'create', 'create'],
    ['numbers-compress', 'create\n compress', 'create'],
    ['numbers-delaycompress', 'create\n compress\n delaycompress', 'create'],
    ['dateext', 'create\n dateext\n dateformat -%Y%m%d-%s', 'create'],
    ['dateext-compress', 'create\n dateext\n dateformat -%Y%m%d-%s\n compress', 'create'],
    ['copytruncate', 'copytruncate', 'copytruncate'],
    ['copytruncate-compress', 'copytruncate\n compress', 'copytruncate'],
    ['copytruncate-dateext', 'copytruncate\n dateext\n dateformat -%Y%m%d-%s', 'copytruncate'],
  ];
}

/** A writer that appends, and the real logrotate. */
function beginLogrotate(
  scope: AsyncDisposableStack,
  style: string,
  delivery: Delivery,
  config: RigConfig = {},
): Script {
  const dir = scratchDir(scope);
  let file: AppendedFile;
  const rotate = (log: string) => {
    const conf = join(dir, 'logrotate.conf');
    writeFileSync(conf, `${log} {\n rotate 100\n missingok\n ${style}\n}\n`);
    execFileSync('/usr/sbin/logrotate', ['--force', '--state', join(dir, 'state'), conf]);
  };
  return {
    options: {
      ...config,
      openLog: (path) => {
        file = new AppendedFile(path);
        return file;
      },
    },
    async cycle(rig) {
      const isStopped = rig.random.fraction() < 0.5;
      // With Loki away, more is written than is read by then, and rotated more than once.
      const isAway = rig.random.fraction() < 0.3;
      if (isAway) await rig.receiver.unplug();
      for (let left = isAway ? rig.random.between(1, 3) : 1; left > 0; left--) {
        // Names with the time in seconds: two within one are one rotation too many.
        await sleep(1000 - (Date.now() % 1000));
        rig.writer.write(rig.random.between(1, isAway ? 1000 : 50));
        if (isStopped) await rig.agent.kill();
        else if (rig.random.fraction() < 0.5) await sleep(100);
        // Nothing is written between the copy and the cut: that would be lost to everybody.
        rotate(rig.log);
        if (delivery === 'create') {
          // The server has not noticed yet.
          if (!style.includes('compress') || style.includes('delaycompress')) rig.writer.write(5);
          file.reopen();
        }
        rig.writer.write(rig.random.between(1, 50));
      }
      if (isAway) await rig.receiver.listen();
      if (isStopped) await rig.startAgent();
    },
  };
}
