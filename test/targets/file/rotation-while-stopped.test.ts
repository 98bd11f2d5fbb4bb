import {
  appendFileSync,
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FileRig } from '../../support/file-rig.js';
import { compress, rotateAsLogrotate, rotateAsLumberjack } from '../../support/rotate.js';

const line = (number: number) =>
  `{"auditID":"${number}","verb":"get","user":{"username":"system:node:n${number}"}}`;
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => line(from + i));
const text = (from: number, to: number) =>
  lines(from, to)
    .map((each) => `${each}\n`)
    .join('');

/** A file of which ten lines are read, and five more written after the agent was stopped. */
async function stoppedRig(): Promise<{ rig: FileRig; path: string }> {
  const rig = new FileRig();
  const path = rig.path('audit.log');
  writeFileSync(path, text(0, 10));
  await rig.start({ path: 'audit.log' });
  await rig.expectLines(lines(0, 10));
  await rig.stop();
  appendFileSync(path, text(10, 15));
  return { rig, path };
}

const soon = () => Date.now() + 60_000;

interface Rotation {
  readonly name: string;
  /** Rotates for the n-th time. */
  rotate(path: string, n: number, compressed: boolean): void;
}

const rotations: Rotation[] = [
  {
    name: 'lumberjack',
    rotate(path, n, compressed) {
      const rotated = rotateAsLumberjack(path, new Date(soon() + n * 1000));
      if (compressed) compress(rotated);
    },
  },
  {
    name: 'logrotate',
    rotate(path, _, compressed) {
      rotateAsLogrotate(path);
      if (compressed) compress(`${path}.1`);
    },
  },
  {
    name: 'logrotate with dateext',
    rotate(path, n, compressed) {
      renameSync(path, `${path}-2026${String(n).padStart(2, '0')}01`);
      if (compressed) compress(`${path}-2026${String(n).padStart(2, '0')}01`);
    },
  },
  {
    name: 'the kubelet',
    rotate(path, n, compressed) {
      const rotated = `${path}.20260101-15040${n}`;
      renameSync(path, rotated);
      if (compressed) compress(rotated);
    },
  },
];

describe.each(rotations)('rotated by $name', ({ rotate }) => {
  test.each([
    [1, false],
    [1, true],
    [3, false],
    [3, true],
    [9, true],
  ])('%i times, compressed: %s', async (times, compressed) => {
    const { rig, path } = await stoppedRig();
    let last = 15;
    for (let n = 1; n <= times; n++) {
      rotate(path, n, compressed);
      writeFileSync(path, text(last, last + 5));
      last += 5;
    }
    await rig.start({ path: 'audit.log' });
    await rig.expectLines(lines(0, last));
    appendFileSync(path, text(last, last + 1));
    await rig.expectLines(lines(0, last + 1));
    expect(new Set(rig.sink.received.map(({ filename }) => filename))).toEqual(new Set([path]));
    expect(await rig.metric('auditail_gaps_total')).toEqual({});
  });

  test('the new file not yet there', async () => {
    const { rig, path } = await stoppedRig();
    rotate(path, 1, false);
    await rig.start({ path: 'audit.log' });
    await rig.expectLines(lines(0, 15));
    writeFileSync(path, text(15, 20));
    await rig.expectLines(lines(0, 20));
  });

  test('and a Promtail that takes over loses nothing of the live file', async () => {
    const { rig, path } = await stoppedRig();
    rotate(path, 1, false);
    writeFileSync(path, text(15, 20));
    rig.sink.settlesAtOnce = false;
    await rig.start({ path: 'audit.log' });
    await rig.expectLines(lines(0, 20));
    await rig.stop();
    expect(readFileSync(rig.positionsFile, 'utf8')).toContain(': "0"\n');
    // Nothing of it was accepted: all of it is read again.
    await rig.start({ path: 'audit.log' });
    await rig.expectLines([...lines(0, 20), ...lines(10, 20)]);
  });
});

test.each([true, false])('more files than are held open, the live one there: %s', async (hasLive) => {
  const { rig, path } = await stoppedRig();
  let last = 15;
  for (let n = 1; n <= 75; n++) {
    const rotated = rotateAsLumberjack(path, new Date(soon() + n * 1000));
    if (n % 2 === 0) compress(rotated);
    writeFileSync(path, text(last, last + 2));
    last += 2;
  }
  if (!hasLive) rotateAsLumberjack(path, new Date(soon() + 100_000));
  await rig.start({ path: 'audit.log' });
  await rig.expectLines(lines(0, last));
  writeFileSync(path, text(last, last + 1), { flag: 'a' });
  await rig.expectLines(lines(0, last + 1));
  expect(await rig.metric('auditail_gaps_total')).toEqual({});
});

test('stopped in the middle of the backlog, it goes on there', async () => {
  const { rig, path } = await stoppedRig();
  rotateAsLogrotate(path);
  writeFileSync(path, text(15, 20));
  rotateAsLogrotate(path);
  writeFileSync(path, text(20, 25));
  rig.sink.settlesAtOnce = false;
  await rig.start({ path: 'audit.log' });
  await rig.expectLines(lines(0, 25));
  // The first two files are accepted, the live one is not.
  for (const { entry } of rig.sink.received.slice(10, 20)) entry.ack.done(1);
  await rig.stop();
  rig.sink.settlesAtOnce = true;
  rotateAsLogrotate(path);
  writeFileSync(path, text(25, 30));
  await rig.start({ path: 'audit.log' });
  await rig.expectLines([...lines(0, 25), ...lines(20, 30)]);
});

test('the same path holds another, longer file: it is read from its start', async () => {
  const { rig, path } = await stoppedRig();
  rotateAsLogrotate(path);
  writeFileSync(path, text(15, 100));
  await rig.start({ path: 'audit.log' });
  await rig.expectLines(lines(0, 100));
});

test('copied and cut: goes on in the copy', async () => {
  const { rig, path } = await stoppedRig();
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
  appendFileSync(path, text(15, 40));
  await rig.start({ path: 'audit.log' });
  await rig.expectLines(lines(0, 40));
});

test('plain and compressed both there: the plain one counts', async () => {
  const { rig, path } = await stoppedRig();
  const rotated = rotateAsLumberjack(path, new Date(soon()));
  writeFileSync(`${rotated}.gz`, Buffer.from('1f8b08000000000000ff', 'hex'));
  writeFileSync(path, text(15, 20));
  await rig.start({ path: 'audit.log' });
  await rig.expectLines(lines(0, 20));
});

test('files that begin alike for long are told apart by when they were rotated', async () => {
  const rig = new FileRig();
  const path = rig.path('audit.log');
  const banner = `${'x'.repeat(2000)}\n`;
  writeFileSync(path, `${banner}${text(0, 30)}`);
  // Not in the few milliseconds by which a file's time of change lags behind the clock.
  compress(rotateAsLumberjack(path, new Date(Date.now() - 100)));
  writeFileSync(path, `${banner}${text(30, 40)}`);
  await rig.start({ path: 'audit.log' });
  await rig.expectLines([banner.trimEnd(), ...lines(30, 40)]);
  await rig.stop();
  appendFileSync(path, text(40, 45));
  compress(rotateAsLumberjack(path, new Date(soon())));
  writeFileSync(path, text(45, 50));
  await rig.start({ path: 'audit.log' });
  await rig.expectLines([banner.trimEnd(), ...lines(30, 50)]);
});

test('pruned before it was read: what is left is read, and the gap is told in the stream', async () => {
  const { rig, path } = await stoppedRig();
  const first = rotateAsLumberjack(path, new Date(soon()));
  writeFileSync(path, text(15, 20));
  const second = rotateAsLumberjack(path, new Date(soon() + 1000));
  writeFileSync(path, text(20, 25));
  rotateAsLumberjack(path, new Date(soon() + 2000));
  writeFileSync(path, text(25, 30));
  rmSync(first);
  rmSync(second);
  await rig.start({ path: 'audit.log' });
  await expect.poll(() => rig.sink.lines.length).toBe(21);
  expect(JSON.parse(rig.sink.lines[10]!)).toEqual({
    auditail: 'gap',
    reason: 'pruned',
    path,
    lost_files: null,
    lost_bytes: null,
    after: { path, offset: text(0, 10).length },
  });
  expect(rig.sink.lines.slice(11)).toEqual(lines(20, 30));
  expect(await rig.metric('auditail_gaps_total')).toEqual({ pruned: 1 });
});

test('cut in place with nothing known to be unread: no gap is told', async () => {
  const { rig, path } = await stoppedRig();
  writeFileSync(path, text(50, 60));
  await rig.start({ path: 'audit.log' });
  await rig.expectLines([...lines(0, 10), ...lines(50, 60)]);
  expect(await rig.metric('auditail_gaps_total')).toEqual({});
});

describe('a positions file of a Promtail', () => {
  test('is obeyed by path; a file that is smaller is read from its start', async () => {
    const rig = new FileRig();
    writeFileSync(rig.path('a.log'), text(0, 5));
    writeFileSync(rig.path('b.log'), text(5, 10));
    const offset = text(0, 2).length;
    writeFileSync(
      rig.positionsFile,
      `positions:\n  ${rig.path('a.log')}: "${offset}"\n  ${rig.path('b.log')}: "5000"\n`,
    );
    await rig.start({ path: '*.log' });
    await expect.poll(() => rig.sink.lines.toSorted()).toEqual([...lines(2, 5), ...lines(5, 10)].toSorted());
    const warning = rig.logged.find(({ msg }) =>
      String(msg).includes('the saved offset is not of this file'),
    );
    expect(warning).toMatchObject({ path: rig.path('b.log'), offset: 5000 });
  });

  test.each([
    ['smaller than the offset', false, 12],
    ['smaller than the offset', true, 12],
    ['larger', false, 60],
    ['larger', true, 60],
  ])(
    'of before a rotation, the live file %s: goes on in the rotated file (compressed: %s)',
    async (_, compressed, last) => {
      const rig = new FileRig();
      const path = rig.path('audit.log');
      const offset = text(0, 8).length;
      writeFileSync(path, text(0, 10));
      writeFileSync(rig.positionsFile, `positions:\n  ${path}: "${offset}"\n`);
      rotateAsLumberjack(path, new Date(soon()));
      writeFileSync(path, text(10, 11));
      const rotated = rotateAsLumberjack(path, new Date(soon() + 1000));
      // Other lengths of lines: no line of it ends there.
      writeFileSync(path, `another line\n${text(11, last)}`);
      if (compressed) compress(rotated);
      await rig.start({ path: 'audit.log' });
      await rig.expectLines([...lines(8, 11), 'another line', ...lines(11, last)]);
    },
  );
});

test('a value that is no offset: the file is not read, and the log says why', async () => {
  const rig = new FileRig();
  writeFileSync(rig.path('a.log'), text(0, 5));
  writeFileSync(rig.positionsFile, `positions:\n  ${rig.path('a.log')}: "x"\n`);
  const [target] = await rig.start({ path: 'a.log' });
  expect(target!.details()).toMatchObject({
    files: [{ lastError: expect.stringContaining('not an offset') }],
  });
  await rig.stop();
  expect(readFileSync(rig.positionsFile, 'utf8')).toContain(': x\n');
});

test('names are passed on while it is stopped, and match as well: what was read before is not read again', async () => {
  const rig = new FileRig();
  const path = rig.path('audit.log');
  const copyAndCut = (number: number) => {
    for (let n = number; n > 0; n--) renameSync(`${path}.${n}`, `${path}.${n + 1}`);
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
    appendFileSync(path, text(number * 10 + 10, number * 10 + 20));
  };
  writeFileSync(path, text(0, 10));
  await rig.start({ path: 'audit.log*' });
  await rig.expectLines(lines(0, 10));
  copyAndCut(0);
  await rig.expectLines(lines(0, 20));
  const isRead = () => rig.targets[0]!.details();
  await expect.poll(isRead).toMatchObject({ readUnderAnotherPath: [{ path: `${path}.1`, readAs: path }] });
  await rig.stop();
  for (let number = 1; number < 5; number++) copyAndCut(number);
  await rig.start({ path: 'audit.log*' });
  await rig.expectLines(lines(0, 60));
  appendFileSync(path, text(60, 61));
  await rig.expectLines(lines(0, 61));
});

test('the name of a compressed copy is that of the next one for a moment: that is read as part of the live file', async () => {
  const rig = new FileRig();
  const path = rig.path('audit.log');
  const copyAndCut = (last: number) => {
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
    appendFileSync(path, text(last, last + 10));
  };
  writeFileSync(path, text(0, 10));
  await rig.start({ path: 'audit.log*' });
  await rig.expectLines(lines(0, 10));
  copyAndCut(10);
  const details = () => rig.targets[0]!.details();
  await expect.poll(details).toMatchObject({ readUnderAnotherPath: [{ path: `${path}.1`, readAs: path }] });
  await rig.stop();
  rmSync(`${path}.1`);
  await rig.start({ path: 'audit.log*' });
  await rig.expectLines(lines(0, 20));
  copyAndCut(20);
  await expect.poll(details).toMatchObject({ readUnderAnotherPath: [{ path: `${path}.1`, readAs: path }] });
  await rig.expectLines(lines(0, 30));
});

test.each([
  ['empty', ''],
  ['with a few bytes of a line', text(0, 1).slice(0, 10)],
])(
  'a file that was %s when the agent stopped, and another with its number since: what came between is read',
  async (_, head) => {
    const rig = new FileRig();
    const path = rig.path('audit.log');
    writeFileSync(path, head);
    await rig.start({ path: 'audit.log*' });
    await rig.stop();
    // Beyond the steps in which files' times go forward.
    await expect.poll(() => Date.now() - statSync(path).mtimeMs).toBeGreaterThan(50);
    const { ino } = statSync(path);
    appendFileSync(path, text(0, 1).slice(head.length));
    rotateAsLogrotate(path, 1000);
    compress(`${path}.1`);
    // Until the number is given out again, where the file system does so.
    for (let n = 0; n < 50; n++) {
      writeFileSync(path, text(1, 3));
      if (statSync(path).ino === ino) break;
      rmSync(path);
    }
    writeFileSync(path, text(1, 3));
    await rig.start({ path: 'audit.log*' });
    // All of it, and nobody says that something is lost.
    await rig.expectLines(lines(0, 3));
  },
);
