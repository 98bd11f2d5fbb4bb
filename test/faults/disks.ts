import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../demo/until.js';
import type { Fault, Script } from './fault.js';
import { positionPaths } from './kills.js';
import type { FaultRig } from './rig.js';
import { scratchDir } from './scratch.js';
import { type Injection, Strace } from './strace.js';

/** The disk under the log or under the positions file is full, read-only, slow or broken. */
export const disks: readonly Fault[] = [
  {
    name: 'positions-disk-full',
    promise: 'ships on and says so; what came meanwhile is sent again after a kill, and shown once',
    quickCycles: 2,
    needs: ['mount'],
    begin: (scope) => beginSmallDisk(scope, fullDisk),
  },
  {
    name: 'positions-disk-read-only',
    promise: 'ships on and says so; what came meanwhile is sent again after a kill, and shown once',
    quickCycles: 2,
    needs: ['mount'],
    begin: (scope) => beginSmallDisk(scope, readOnlyDisk),
  },
  ...(
    [
      ['sync-error', '/sync$', 'error=EIO'],
      ['write-error', '/^p?write', 'error=ENOSPC'],
      ['rename-error', '/^rename', 'error=EIO'],
      ['slow', '/sync$', 'delay_enter=1000000'],
    ] as const
  ).map(
    ([name, calls, effect]): Fault => ({
      name: `positions-${name}`,
      promise: 'ships on; nothing is passed over after a kill',
      quickCycles: 2,
      needs: ['strace'],
      cycle: (rig) => tamperThenKill(rig, { paths: positionPaths(rig.positionsFile), calls, effect }),
    }),
  ),
  {
    name: 'read-error',
    promise: 'waits and reads again; nothing lost',
    quickCycles: 3,
    needs: ['strace'],
    async cycle(rig) {
      // After a single one it reads again at once, which is no error yet.
      const effect = `error=EIO:when=1..${rig.random.between(2, 5)}`;
      await using _strace = await Strace.attach(rig.agent.pid, {
        paths: [rig.log],
        calls: '/^p?read',
        effect,
      });
      rig.writer.write(50);
      await rig.agent.waitForMetric('auditail_file_errors_total', (errors) => errors > 0, {
        labels: { code: 'EIO' },
      });
      rig.writer.write(50);
    },
  },
  {
    name: 'no-more-files',
    promise: 'waits until files can be opened; nothing lost',
    quickCycles: 2,
    needs: ['prlimit'],
    async cycle(rig) {
      const before = rig.agent.log.length;
      limitFiles(rig, 1);
      rig.writer.start(500);
      // Whatever it is that needs a file first: the next log, the positions, a connection.
      await rig.agent.waitForLog(/EMFILE/, { after: before });
      await sleep(rig.random.between(0, 500));
      await rig.writer.stop();
      limitFiles(rig, 1024);
      // Each trouble is told once until it is over.
      await rig.arrived();
    },
  },
  ...damages().map(
    ([name, damage]): Fault => ({
      name: `positions-${name}`,
      promise: 'goes on from the copy; nothing lost, nothing sent again',
      quickCycles: 1,
      async cycle(rig) {
        await rig.writer.stop();
        await rig.arrived();
        await rig.agent.stop();
        const resent = rig.receiver.duplicates;
        damage(rig.positionsFile, rig);
        rig.writer.write(20);
        await rig.startAgent();
        await rig.arrived();
        if (rig.receiver.duplicates > resent)
          throw new Error(`${rig.receiver.duplicates - resent} lines were sent again`);
      },
    }),
  ),
];

/** While positions cannot be saved, and just after. */
async function tamperThenKill(rig: FaultRig, injection: Injection): Promise<void> {
  const strace = await Strace.attach(rig.agent.pid, injection);
  rig.writer.start(500);
  const arrived = rig.receiver.entries().length;
  await rig.receiver.waitFor((receiver) => receiver.entries().length > arrived + 100, {
    describe: 'shipping to go on',
  });
  if (rig.random.fraction() < 0.5) await strace.stop();
  await rig.agent.kill();
  await strace.stop();
  await rig.startAgent();
  await rig.writer.stop();
}

/** A way to make a disk useless. */
interface Spoiling {
  /** Once is not always enough: the agent may be writing at the moment. */
  spoil(): void;
  mend(): void;
}

/** A disk of its own for the positions file. */
function beginSmallDisk(scope: AsyncDisposableStack, spoiling: (disk: string) => Spoiling): Script {
  const disk = scratchDir(scope);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'none', disk]);
  scope.defer(() => void execFileSync('umount', ['--lazy', disk]));
  const { spoil, mend } = spoiling(disk);
  return {
    options: { positionsDir: disk },
    async cycle(rig) {
      rig.writer.start(500);
      await until(
        () => {
          spoil();
          return rig.agent.metric('auditail_positions_save_failures_total').then((failures) => failures > 0);
        },
        { describe: () => 'a save that fails' },
      );
      const arrived = rig.receiver.entries().length;
      await rig.receiver.waitFor((receiver) => receiver.entries().length > arrived + 100, {
        describe: 'shipping to go on',
      });
      // With the disk as it is, or when it is mended: the file is what it was before, or whole and new.
      const isMended = rig.random.fraction() < 0.5;
      if (isMended) mend();
      await rig.agent.kill();
      await rig.startAgent();
      if (!isMended) mend();
      await rig.writer.stop();
    },
  };
}

function fullDisk(disk: string): Spoiling {
  const filler = join(disk, 'filler');
  return {
    spoil() {
      try {
        for (;;) appendFileSync(filler, Buffer.alloc(1024));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    },
    mend: () => rmSync(filler),
  };
}

function readOnlyDisk(disk: string): Spoiling {
  const remount = (mode: string) =>
    execFileSync('mount', ['-o', `remount,${mode}`, disk], { stdio: 'ignore' });
  return { spoil: () => void remount('ro'), mend: () => void remount('rw') };
}

function limitFiles(rig: FaultRig, count: number): void {
  execFileSync('prlimit', ['--pid', String(rig.agent.pid), `--nofile=${count}:1024`]);
}

function damages(): (readonly [name: string, damage: (filename: string, rig: FaultRig) => void])[] {
  return [
    [
      'torn',
      (filename, rig) => truncateSync(filename, rig.random.between(1, readFileSync(filename).length - 1)),
    ],
    ['empty', (filename) => truncateSync(filename, 0)],
    ['nul-filled', (filename) => writeFileSync(filename, Buffer.alloc(readFileSync(filename).length))],
    ['identities-torn', (filename) => truncateSync(`${filename}.identity.json`, 20)],
    ['identities-gone', (filename) => rmSync(`${filename}.identity.json`)],
  ];
}
