import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FileRig } from '../../support/file-rig.js';

describe('lines', () => {
  test('are read from the start, with the name of their file', async () => {
    const rig = new FileRig();
    writeFileSync(rig.path('a.log'), 'one\ntwo\n');
    await rig.start({ path: '*.log' });
    await rig.expectLines(['one', 'two']);
    expect(rig.sink.received[0]!.labels).toBe(`{filename="${rig.path('a.log')}", job="test"}`);
  });

  test('keep \\r, empty ones, NULs inside and bytes that are not UTF-8', async () => {
    const rig = new FileRig();
    writeFileSync(rig.path('a.log'), Buffer.from('a\r\n\nb\0c\n\xff\xfe\n\ufeff\n', 'latin1'));
    await rig.start({ path: 'a.log' });
    await rig.expectLines(['a\r', '', 'b\0c', '\udcff\udcfe', '\udcff']);
  });

  test('never get the same time', async () => {
    const rig = new FileRig();
    writeFileSync(rig.path('a.log'), 'same\n'.repeat(1000));
    await rig.start({ path: 'a.log' });
    await expect.poll(() => rig.sink.received.length).toBe(1000);
    expect(new Set(rig.sink.received.map(({ time }) => time)).size).toBe(1000);
  });

  test('the last one waits for its newline', async () => {
    const rig = new FileRig();
    writeFileSync(rig.path('a.log'), 'one\ntw');
    await rig.start({ path: 'a.log' });
    await rig.expectLines(['one']);
    appendFileSync(rig.path('a.log'), 'o\nthree');
    await rig.expectLines(['one', 'two']);
    await rig.stop();
    expect(readFileSync(rig.positionsFile, 'utf8')).toBe(`positions:\n  ${rig.path('a.log')}: "8"\n`);
  });

  test('longer than a buffer come whole', async () => {
    const rig = new FileRig();
    const long = 'x'.repeat(1_000_000);
    writeFileSync(rig.path('a.log'), `one\n${long}\ntwo\n${long}`);
    await rig.start({ path: 'a.log' });
    await rig.expectLines(['one', long, 'two']);
    appendFileSync(rig.path('a.log'), 'y\nthree\n');
    await rig.expectLines(['one', long, 'two', `${long}y`, 'three']);
  });

  test('a hole of NULs is skipped and counted', async () => {
    const rig = new FileRig();
    writeFileSync(rig.path('a.log'), `${'\0'.repeat(600_000)}one\n`);
    await rig.start({ path: 'a.log' });
    await rig.expectLines(['one']);
    expect(await rig.metric('auditail_skipped_nul_bytes_total')).toEqual({ '': 600_000 });
  });
});

describe('new files', () => {
  test('are read as they appear, in new folders too', async () => {
    const rig = new FileRig();
    await rig.start({ path: '**/*.log', syncPeriodMs: 100 });
    mkdirSync(rig.path('a/b'), { recursive: true });
    writeFileSync(rig.path('a/b/c.log'), 'one\n');
    await rig.expectLines(['one']);
  });

  test('in a watched folder, long before the next sync', async () => {
    const rig = new FileRig();
    await rig.start({ path: '*.log', syncPeriodMs: 3600_000 });
    writeFileSync(rig.path('a.log'), 'one\n');
    await rig.expectLines(['one']);
  });
});

describe('rotation while running', () => {
  test('rename and create: the rest of the old file, then the new one', async () => {
    const rig = new FileRig();
    writeFileSync(rig.path('a.log'), 'one\n');
    await rig.start({ path: 'a.log' });
    await rig.expectLines(['one']);
    appendFileSync(rig.path('a.log'), 'two\n');
    renameSync(rig.path('a.log'), rig.path('a.log.1'));
    writeFileSync(rig.path('a.log'), 'three\n');
    await rig.expectLines(['one', 'two', 'three']);
    // The writer had not noticed yet.
    appendFileSync(rig.path('a.log.1'), 'late\n');
    await rig.expectLines(['one', 'two', 'three', 'late']);
  });

  test('what a writer still writes to the old name comes before what it writes to the new one', async () => {
    const rig = new FileRig();
    const path = rig.path('a.log');
    writeFileSync(path, 'one\n');
    await rig.start({ path: 'a.log' });
    await rig.expectLines(['one']);
    const lines = ['one'];
    for (let round = 0; round < 3; round++) {
      renameSync(path, `${path}.${3 - round}`);
      writeFileSync(path, '');
      appendFileSync(`${path}.${3 - round}`, `late ${round}\n`);
      lines.push(`late ${round}`);
      await rig.expectLines(lines);
      appendFileSync(`${path}.${3 - round}`, `later ${round}\n`);
      appendFileSync(path, `new ${round}\n`);
      lines.push(`later ${round}`, `new ${round}`);
      await rig.expectLines(lines);
    }
  });

  test('delete and create', async () => {
    const rig = new FileRig();
    writeFileSync(rig.path('a.log'), 'one\n');
    await rig.start({ path: 'a.log' });
    await rig.expectLines(['one']);
    appendFileSync(rig.path('a.log'), 'two\n');
    unlinkSync(rig.path('a.log'));
    writeFileSync(rig.path('a.log'), 'three\n');
    await rig.expectLines(['one', 'two', 'three']);
  });

  test('copytruncate', async () => {
    const rig = new FileRig();
    writeFileSync(rig.path('a.log'), 'one\ntwo\n');
    await rig.start({ path: 'a.log' });
    await rig.expectLines(['one', 'two']);
    copyFileSync(rig.path('a.log'), rig.path('a.log.1'));
    truncateSync(rig.path('a.log'));
    appendFileSync(rig.path('a.log'), 'three\n');
    await rig.expectLines(['one', 'two', 'three']);
  });

  test('cut and grown beyond the old size between two looks', async () => {
    const rig = new FileRig();
    writeFileSync(rig.path('a.log'), 'one\n');
    await rig.start({ path: 'a.log' });
    await rig.expectLines(['one']);
    writeFileSync(rig.path('a.log'), 'two, longer than it was\nthree\n');
    await rig.expectLines(['one', 'two, longer than it was', 'three']);
  });

  test('a link that is set to another file', async () => {
    const rig = new FileRig();
    writeFileSync(rig.path('x1'), 'one\n');
    writeFileSync(rig.path('x2'), 'two\n');
    symlinkSync('x1', rig.path('a.log'));
    await rig.start({ path: 'a.log' });
    await rig.expectLines(['one']);
    appendFileSync(rig.path('x1'), 'more\n');
    symlinkSync('x2', rig.path('b'));
    renameSync(rig.path('b'), rig.path('a.log'));
    await rig.expectLines(['one', 'more', 'two']);
    appendFileSync(rig.path('x2'), 'three\n');
    await rig.expectLines(['one', 'more', 'two', 'three']);
    expect(new Set(rig.sink.received.map(({ filename }) => filename))).toEqual(new Set([rig.path('a.log')]));
  });

  test('several times between two looks', async () => {
    const rig = new FileRig();
    writeFileSync(rig.path('audit.log'), 'zero\n');
    await rig.start({ path: 'audit.log' });
    await rig.expectLines(['zero']);
    const wanted = ['zero'];
    for (let i = 1; i <= 9; i++) {
      renameSync(rig.path('audit.log'), rig.path(`audit-2026-01-02T15-04-0${i}.000.log`));
      writeFileSync(rig.path('audit.log'), `line ${i}\n`);
      wanted.push(`line ${i}`);
    }
    await rig.expectLines(wanted);
  });
});

test('an unfinished last line is sent when its file is finished', async () => {
  const rig = new FileRig();
  writeFileSync(rig.path('audit.log'), 'one\ntw');
  await rig.start({ path: 'audit.log' });
  await rig.expectLines(['one']);
  renameSync(rig.path('audit.log'), rig.path('audit-2026-01-02T15-04-05.000.log'));
  writeFileSync(rig.path('audit.log'), 'three\n');
  await rig.expectLines(['one', 'tw', 'three']);
});

test('rotated names that match as well are not read twice', async () => {
  const rig = new FileRig();
  writeFileSync(rig.path('a.log'), 'one, long enough to tell\n');
  await rig.start({ path: 'a.log*' });
  await rig.expectLines(['one, long enough to tell']);
  const wanted = ['one, long enough to tell'];
  for (let i = 2; i < 8; i++) {
    for (let n = i; n > 0; n--) {
      const from = rig.path(n === 1 ? 'a.log' : `a.log.${n - 1}`);
      try {
        renameSync(from, rig.path(`a.log.${n}`));
      } catch {}
    }
    writeFileSync(rig.path('a.log'), `line ${i}, long enough to tell\n`);
    wanted.push(`line ${i}, long enough to tell`);
    await rig.expectLines(wanted);
  }
  await rig.stop();
  await rig.start({ path: 'a.log*' });
  appendFileSync(rig.path('a.log'), 'last\n');
  await rig.expectLines([...wanted, 'last']);
});
