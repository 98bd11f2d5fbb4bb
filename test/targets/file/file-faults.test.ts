import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { FileRig } from '../../support/file-rig.js';
import { rotateAsLogrotate, rotateAsLumberjack } from '../../support/rotate.js';

describe('Loki is away', () => {
  test('nothing more is read than the buffers hold, and rotation deletes nothing that was there', async () => {
    const rig = new FileRig();
    const path = rig.path('audit.log');
    const line = (n: number) => `line ${n} ${'x'.repeat(1000)}`;
    const text = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => `${line(from + i)}\n`).join('');
    writeFileSync(path, text(0, 3000));
    const back = Promise.withResolvers<void>();
    rig.sink.hold = back.promise;
    await rig.start({ path: 'audit.log' });
    await expect.poll(() => rig.sink.lines.length).toBeGreaterThan(0);
    // Rotation goes on, and prunes.
    const rotated: string[] = [];
    for (let n = 0; n < 4; n++) {
      rotated.push(rotateAsLumberjack(path, new Date(Date.now() + 60_000 + n)));
      writeFileSync(path, text(3000 + n * 10, 3010 + n * 10));
      const held = () => openFiles().filter((name) => name.startsWith(rig.dir)).length;
      await expect.poll(held).toBe(n + 2);
    }
    expect(rig.sink.lines.length).toBeLessThan(600);
    for (const name of rotated) unlinkSync(name);
    rig.sink.hold = undefined;
    back.resolve();
    await rig.expectLines(Array.from({ length: 3040 }, (_, n) => line(n)));
    expect(await rig.metric('auditail_gaps_total')).toEqual({});
  });

  test('more is rotated than is held open, and pruned: what was seen and is gone is counted, and told in the stream', async () => {
    const rig = new FileRig();
    const path = rig.path('audit.log');
    const line = (n: number) => `line ${n}, long enough to tell`;
    writeFileSync(path, `${line(0)}\n`);
    await rig.start({ path: 'audit.log' });
    await rig.expectLines([line(0)]);
    const back = Promise.withResolvers<void>();
    rig.sink.hold = back.promise;
    appendFileSync(path, `${line(1)}\n`);
    await rig.expectLines([line(0), line(1)]);
    const rotated: string[] = [];
    for (let n = 2; n < 42; n++) {
      appendFileSync(path, `${line(n)}\n`);
      rotated.push(rotateAsLumberjack(path, new Date(Date.now() + n * 1000)));
      await expect.poll(() => rig.targets[0]!.details()).toMatchObject({ files: [{ backlogFiles: n - 1 }] });
    }
    expect(openFiles().filter((name) => name.startsWith(rig.dir))).toHaveLength(32);
    // The ones that are held, and three of those that wait.
    for (const name of rotated.slice(0, 35)) unlinkSync(name);
    rig.sink.hold = undefined;
    back.resolve();
    const wanted = Array.from({ length: 42 }, (_, n) => line(n));
    const lost = wanted.splice(34, 3);
    const isGap = (text: string) => text.startsWith('{"auditail":"gap"');
    await expect.poll(() => rig.sink.lines.filter((text) => !isGap(text))).toEqual(wanted);
    expect(rig.sink.lines.findIndex(isGap)).toBe(34);
    expect(JSON.parse(rig.sink.lines[34]!)).toMatchObject({
      reason: 'pruned',
      lost_files: 3,
      lost_bytes: lost.join('\n').length + 1,
    });
    expect(await rig.metric('auditail_gaps_total')).toEqual({ pruned: 1 });
    expect(await rig.metric('auditail_lost_files_total')).toEqual({ pruned: 3 });
  });

  test('more is rotated than is held open, and written late: all of it comes, and no gap is told', async () => {
    const rig = new FileRig();
    const path = rig.path('a.log');
    const wanted: string[] = [];
    writeFileSync(path, '');
    appendLines(path, wanted, 1);
    await rig.start({ path: 'a.log' });
    await rig.expectLines(wanted);
    const back = Promise.withResolvers<void>();
    rig.sink.hold = back.promise;
    appendLines(path, wanted, 1);
    await rig.expectLines(wanted);
    for (let n = 1; n <= 36; n++) {
      appendLines(path, wanted, 1);
      rotateAsLogrotate(path, 100);
      await expect.poll(() => rig.targets[0]!.details()).toMatchObject({ files: [{ backlogFiles: n }] });
      // The server writes on where it was, before it opens its log again.
      appendLines(`${path}.1`, wanted, 1);
      writeFileSync(path, '');
    }
    rig.sink.hold = undefined;
    back.resolve();
    await expect.poll(() => rig.sink.lines).toEqual(wanted);
    expect(await rig.metric('auditail_gaps_total')).toEqual({});
  });

  test('stopping does not wait, and what was on its way is read again', async () => {
    const rig = new FileRig();
    writeFileSync(rig.path('a.log'), 'one\ntwo\n');
    rig.sink.hold = new Promise(() => {});
    rig.sink.settlesAtOnce = false;
    await rig.start({ path: 'a.log' });
    await rig.expectLines(['one', 'two']);
    await rig.stop();
    rig.sink.hold = undefined;
    await rig.start({ path: 'a.log' });
    await rig.expectLines(['one', 'two', 'one', 'two']);
  });

  test('many files wait with two buffers, and all get their turn', async () => {
    const rig = new FileRig();
    const names = Array.from({ length: 50 }, (_, i) => `${i}.log`);
    for (const name of names) writeFileSync(rig.path(name), `${name}\n`);
    const back = Promise.withResolvers<void>();
    rig.sink.hold = back.promise;
    await rig.start({ path: '*.log' });
    await expect.poll(() => rig.sink.lines.length).toBe(2);
    rig.sink.hold = undefined;
    back.resolve();
    await expect.poll(() => rig.sink.lines.toSorted()).toEqual(names.toSorted());
  });
});

describe('acknowledgement', () => {
  test('a position never passes a line that is not settled, in whatever order lines are', async () => {
    const rig = new FileRig();
    const path = rig.path('a.log');
    rig.sink.settlesAtOnce = false;
    writeFileSync(path, '');
    await rig.start({ path: 'a.log' });
    for (const [count, line] of ['one', 'two', 'three'].entries()) {
      appendFileSync(path, `${line}\n`);
      await expect.poll(() => rig.sink.lines.length).toBe(count + 1);
    }
    const [one, two, three] = rig.sink.received.map(({ entry }) => entry.ack);
    const saved = async () => {
      await rig.positions.save();
      return /"(\d+)"/.exec(readFileSync(rig.positionsFile, 'utf8'))?.[1];
    };
    expect(await saved()).toBe('0');
    three!.done(1);
    two!.done(1);
    expect(await saved()).toBe('0');
    one!.done(1);
    expect(await saved()).toBe('14');
  });

  test('an offset is never saved without the head of its file: another file may get its number', async () => {
    const rig = new FileRig();
    const path = rig.path('a.log');
    writeFileSync(path, '');
    await rig.start({ path: 'a.log' });
    // Accepted while there is no room for more.
    rig.sink.hold = new Promise(() => {});
    appendFileSync(path, 'one\n');
    await rig.expectLines(['one']);
    await rig.positions.save();
    const identities = readFileSync(`${rig.positionsFile}.identity.json`, 'utf8');
    expect(JSON.parse(identities).positions[path].files).toMatchObject([{ offset: 4, headBytes: 4 }]);
  });

  test('two jobs on one file: the slower one loses nothing', async () => {
    const rig = new FileRig();
    writeFileSync(rig.path('a.log'), 'one\ntwo\n');
    rig.sink.settlesAtOnce = false;
    const jobs = [
      { path: 'a.log', jobName: 'fast' },
      { path: 'a.log', jobName: 'slow' },
    ];
    await rig.start(...jobs);
    await expect.poll(() => rig.sink.lines.toSorted()).toEqual(['one', 'one', 'two', 'two']);
    // One of the jobs gets all of it through, the other nothing.
    const ack = rig.sink.received[0]!.entry.ack;
    for (const { entry } of rig.sink.received) if (entry.ack === ack) entry.ack.done(1);
    await rig.stop();
    await rig.start(...jobs);
    await expect.poll(() => rig.sink.lines.length).toBe(8);
  });
});

test('after a reload nothing is read again that is still on its way', async () => {
  const rig = new FileRig();
  writeFileSync(rig.path('a.log'), 'one\ntwo\n');
  rig.sink.settlesAtOnce = false;
  await rig.start({ path: 'a.log' });
  await rig.expectLines(['one', 'two']);
  const restarted = rig.restartTargets({ path: 'a.log', labels: new Map([['job', 'other']]) });
  appendFileSync(rig.path('a.log'), 'three\n');
  await restarted;
  rig.sink.settleAll();
  await rig.expectLines(['one', 'two', 'three']);
});

describe('rotation', () => {
  test('a writer that has not noticed: its lines are read for a while, the unfinished one at the end', async () => {
    const rig = new FileRig();
    const path = rig.path('a.log');
    writeFileSync(path, 'one\n');
    await rig.start({ path: 'a.log' });
    await rig.expectLines(['one']);
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'two\n');
    await rig.expectLines(['one', 'two']);
    appendFileSync(`${path}.1`, 'late\nunfin');
    await rig.expectLines(['one', 'two', 'late']);
    rig.aheadMs = 31_000;
    await rig.expectLines(['one', 'two', 'late', 'unfin']);
    expect(await rig.metric('auditail_fragments_total')).toEqual({ '': 1 });
  });

  test('moved away and back: nothing is read twice', async () => {
    const rig = new FileRig();
    const path = rig.path('a.log');
    writeFileSync(path, 'one, long enough to tell\n');
    await rig.start({ path: 'a.log' });
    await rig.expectLines(['one, long enough to tell']);
    renameSync(path, rig.path('elsewhere'));
    await expect.poll(() => rig.targets[0]!.details()).toMatchObject({ files: [{ state: 'gone' }] });
    renameSync(rig.path('elsewhere'), path);
    appendFileSync(path, 'two\n');
    await rig.expectLines(['one, long enough to tell', 'two']);
    // Also when so much time has passed that it was given up.
    renameSync(path, rig.path('elsewhere'));
    rig.aheadMs = 60_000;
    await expect.poll(() => rig.targets[0]!.details()).toMatchObject({ files: [] });
    renameSync(rig.path('elsewhere'), path);
    appendFileSync(path, 'three\n');
    await rig.expectLines(['one, long enough to tell', 'two', 'three']);
  });

  test('rotated, done with and moved back: it goes on where it was left', async () => {
    const rig = new FileRig();
    const path = rig.path('a.log');
    writeFileSync(path, 'one, long enough to tell\n');
    await rig.start({ path: 'a.log' });
    await rig.expectLines(['one, long enough to tell']);
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'two\n');
    await rig.expectLines(['one, long enough to tell', 'two']);
    rig.aheadMs = 31_000;
    appendFileSync(path, 'three\n');
    await rig.expectLines(['one, long enough to tell', 'two', 'three']);
    renameSync(path, `${path}.2`);
    renameSync(`${path}.1`, path);
    appendFileSync(path, 'four\n');
    await rig.expectLines(['one, long enough to tell', 'two', 'three', 'four']);
  });

  test('the folder is not there at the start: the position is kept', async () => {
    const rig = new FileRig();
    mkdirSync(rig.path('mnt'));
    writeFileSync(rig.path('mnt/a.log'), 'one\n');
    await rig.start({ path: 'mnt/*.log' });
    await rig.expectLines(['one']);
    await rig.stop();
    renameSync(rig.path('mnt'), rig.path('away'));
    await rig.start({ path: 'mnt/*.log' });
    await rig.positions.save();
    await rig.stop();
    await rig.start({ path: 'mnt/*.log' });
    renameSync(rig.path('away'), rig.path('mnt'));
    appendFileSync(rig.path('mnt/a.log'), 'two\n');
    await rig.expectLines(['one', 'two']);
  });

  describe.each(['a.log', 'a.log*'])('copied and cut, __path__ %s', (pattern) => {
    test('again and again with lines unread: all of them come, in order and once', async () => {
      const rig = new FileRig();
      const path = rig.path('a.log');
      writeFileSync(path, '');
      await rig.start({ path: pattern });
      const wanted: string[] = [];
      const write = (count: number) => appendLines(path, wanted, count);
      for (let cycle = 0; cycle < 10; cycle++) {
        write(1);
        await rig.expectLines(wanted);
        const back = Promise.withResolvers<void>();
        rig.sink.hold = back.promise;
        write(cycle);
        write(1000 * (cycle % 3));
        copyAndCut(path, cycle);
        rig.sink.hold = undefined;
        back.resolve();
      }
      await rig.expectLines(wanted);
      expect(await rig.metric('auditail_gaps_total')).toEqual({});
    });

    test('several times while Loki is away: all of them come, in order and once', async () => {
      const rig = new FileRig();
      const path = rig.path('a.log');
      writeFileSync(path, '');
      await rig.start({ path: pattern });
      const wanted: string[] = [];
      appendLines(path, wanted, 1);
      await rig.expectLines(wanted);
      const back = Promise.withResolvers<void>();
      rig.sink.hold = back.promise;
      appendLines(path, wanted, 1);
      await rig.expectLines(wanted);
      for (let cycle = 0; cycle < 3; cycle++) {
        appendLines(path, wanted, 100);
        copyAndCut(path, cycle);
        appendLines(path, wanted, 1);
        // Minutes go by between them.
        const then = new Date(Date.now() + cycle * 100_000);
        utimesSync(path, then, then);
        await expect
          .poll(() => rig.targets[0]!.details())
          .toMatchObject({ files: [{ size: statSync(path).size }] });
      }
      rig.sink.hold = undefined;
      back.resolve();
      await rig.expectLines(wanted);
      expect(await rig.metric('auditail_gaps_total')).toEqual({});
    });

    test('while an older one is being read: goes on in the copy', async () => {
      const rig = new FileRig();
      const path = rig.path('a.log');
      writeFileSync(path, '');
      await rig.start({ path: pattern });
      const wanted: string[] = [];
      appendLines(path, wanted, 1);
      await rig.expectLines(wanted);
      const back = Promise.withResolvers<void>();
      rig.sink.hold = back.promise;
      appendLines(path, wanted, 1);
      await rig.expectLines(wanted);
      appendLines(path, wanted, 5);
      renameSync(path, `${path}.1`);
      writeFileSync(path, '');
      appendLines(path, wanted, 5);
      await expect.poll(() => rig.targets[0]!.details()).toMatchObject({ files: [{ backlogFiles: 1 }] });
      copyAndCut(path, 1);
      appendLines(path, wanted, 10);
      rig.sink.hold = undefined;
      back.resolve();
      await rig.expectLines(wanted);
    });
  });

  test('cut while there was more to read, and no copy: the gap is told', async () => {
    const rig = new FileRig();
    const path = rig.path('a.log');
    const line = 'x'.repeat(1023);
    writeFileSync(path, `${line}\n`.repeat(2000));
    const back = Promise.withResolvers<void>();
    rig.sink.hold = back.promise;
    await rig.start({ path: 'a.log' });
    await expect.poll(() => rig.sink.lines.length).toBe(512);
    truncateSync(path);
    appendFileSync(path, 'new\n');
    rig.sink.hold = undefined;
    back.resolve();
    await expect.poll(() => rig.sink.lines.slice(512).at(-1)).toBe('new');
    // The next chunk may have been read by then, or not.
    const whole = rig.sink.lines.filter((each) => each === line).length;
    expect(whole).toBeOneOf([512, 1023]);
    const lostBytes = (2000 - whole) * 1024;
    expect(JSON.parse(rig.sink.lines[whole]!)).toMatchObject({
      auditail: 'gap',
      reason: 'cut',
      lost_bytes: lostBytes,
      after: { path, offset: whole * 1024 },
    });
    expect(await rig.metric('auditail_lost_bytes_total')).toEqual({ cut: lostBytes });
  });

  test('a compressed file that is broken: what can be read is, and the gap is told', async () => {
    const rig = new FileRig();
    const path = rig.path('a.log');
    writeFileSync(path, 'line 0, long enough to tell\n');
    await rig.start({ path: 'a.log' });
    await rig.expectLines(['line 0, long enough to tell']);
    await rig.stop();
    appendFileSync(path, 'line 1\n');
    rotateAsLogrotate(path);
    execFileSync(process.execPath, [
      '-e',
      `const fs=require('fs'),z=require('zlib');const t=fs.readFileSync(${JSON.stringify(`${path}.1`)});
       const g=z.gzipSync(Buffer.concat([t, require('crypto').randomBytes(300000)]));
       fs.writeFileSync(${JSON.stringify(`${path}.1.gz`)}, g.subarray(0, g.length-100)); fs.unlinkSync(${JSON.stringify(`${path}.1`)})`,
    ]);
    writeFileSync(path, 'line 2\n');
    await rig.start({ path: 'a.log' });
    await expect.poll(() => rig.sink.lines.at(-1)).toBe('line 2');
    expect(rig.sink.lines[1]).toBe('line 1');
    expect(JSON.parse(rig.sink.lines.at(-2)!)).toMatchObject({ auditail: 'gap', reason: 'unreadable' });
  });

  test('a compressed file that breaks behind more than a chunk: all before that is read', async () => {
    const rig = new FileRig();
    const path = rig.path('a.log');
    const lines = Array.from({ length: 700 }, (_, index) => `${index} ${'x'.repeat(1000)}`);
    writeFileSync(path, `${lines[0]}\n`);
    await rig.start({ path: 'a.log' });
    await rig.expectLines(lines.slice(0, 1));
    await rig.stop();
    rmSync(path);
    const whole = gzipSync(lines.map((line) => `${line}\n`).join(''));
    writeFileSync(`${path}.1.gz`, Buffer.concat([whole, gzipSync(randomBytes(3000)).subarray(0, 2000)]));
    writeFileSync(path, 'the next\n');
    await rig.start({ path: 'a.log' });
    await expect.poll(() => rig.sink.lines.at(-1)).toBe('the next');
    expect(rig.sink.lines.slice(0, 700)).toEqual(lines);
    expect(JSON.parse(rig.sink.lines.at(-2)!)).toMatchObject({ auditail: 'gap', reason: 'unreadable' });
  });
});

describe('what cannot be read', () => {
  test('folders, FIFOs and links that lead nowhere are left alone, and the rest is read', async () => {
    const rig = new FileRig();
    mkdirSync(rig.path('dir.log'));
    execFileSync('mkfifo', [rig.path('fifo.log')]);
    symlinkSync('nowhere', rig.path('dead.log'));
    symlinkSync('loop.log', rig.path('loop.log'));
    writeFileSync(rig.path('a.log'), 'one\n');
    await rig.start({ path: '*.log' });
    await rig.expectLines(['one']);
    writeFileSync(rig.path('nowhere'), 'two\n');
    await rig.expectLines(['one', 'two']);
  });

  test('a path that becomes a folder, and a file again', async () => {
    const rig = new FileRig();
    const path = rig.path('a.log');
    writeFileSync(path, 'one\n');
    await rig.start({ path: 'a.log' });
    await rig.expectLines(['one']);
    rmSync(path);
    mkdirSync(path);
    await expect.poll(() => rig.targets[0]!.details()).toMatchObject({ files: [{ state: 'gone' }] });
    rmSync(path, { recursive: true });
    writeFileSync(path, 'two\n');
    await rig.expectLines(['one', 'two']);
  });

  test('a folder of the path becomes a file, a loop, and a folder again: told and retried', async () => {
    const rig = new FileRig();
    mkdirSync(rig.path('d'));
    writeFileSync(rig.path('d/a.log'), 'one\n');
    await rig.start({ path: 'd/a.log' });
    await rig.expectLines(['one']);
    renameSync(rig.path('d'), rig.path('e'));
    symlinkSync('d', rig.path('d'));
    await expect
      .poll(async () => Object.keys(await rig.metric('auditail_file_errors_total')), { timeout: 10_000 })
      .toContain('ELOOP');
    unlinkSync(rig.path('d'));
    renameSync(rig.path('e'), rig.path('d'));
    appendFileSync(rig.path('d/a.log'), 'two\n');
    await rig.expectLines(['one', 'two']);
  });
});

test('1,000 files: one descriptor each, few threads and no growth of buffers', async () => {
  const rig = new FileRig();
  const names = Array.from({ length: 1000 }, (_, i) => `${i}.log`);
  for (const name of names) writeFileSync(rig.path(name), `${name}\n`);
  const before = openFiles().length;
  await rig.start({ path: '*.log', syncPeriodMs: 10_000, minPollMs: 250, maxPollMs: 250 });
  await expect.poll(() => rig.sink.lines.length, { timeout: 20_000 }).toBe(1000);
  expect(openFiles().length - before).toBeLessThan(1020);
  for (const name of names) appendFileSync(rig.path(name), `${name} again\n`);
  await expect.poll(() => rig.sink.lines.length, { timeout: 20_000 }).toBe(2000);
  await rig.stop();
  expect(openFiles().filter((name) => name.startsWith(rig.dir))).toEqual([]);
});

/** Adds numbered lines to a file, and to `all`. */
function appendLines(path: string, all: string[], count: number): void {
  const lines = Array.from({ length: count }, (_, i) => `line ${all.length + i}, long enough to tell`);
  appendFileSync(path, lines.map((line) => `${line}\n`).join(''));
  all.push(...lines);
}

/** As logrotate does, when there are `count` copies already. */
function copyAndCut(path: string, count: number): void {
  for (let n = count; n > 0; n--) renameSync(`${path}.${n}`, `${path}.${n + 1}`);
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
}

/** What this process has open. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}
