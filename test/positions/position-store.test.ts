import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { positionsMetrics } from '../../src/metrics/positions-metrics.js';
import type { FileMark, FilePosition } from '../../src/positions/identity-file.js';
import { PositionStore, type PositionsOptions } from '../../src/positions/position-store.js';
import { recordedLog } from '../support/recorded-log.js';
import { tempDir } from '../support/temp-dir.js';

const hour = 60 * 60 * 1000;

function setup(options: Partial<PositionsOptions> = {}) {
  const filename = join(tempDir(), 'positions.yaml');
  const { log, lines } = recordedLog();
  const registry = new Registry();
  const metrics = positionsMetrics(registry);
  const time = { now: 1_700_000_000_000 };
  const open = (more: Partial<PositionsOptions> = {}) =>
    PositionStore.open(
      { filename, ignoreInvalidYaml: false, isReadOnly: false, ...options, ...more },
      { log, metrics, now: () => time.now },
    );
  return { filename, identity: `${filename}.identity.json`, open, lines, metrics, time };
}

function mark(offset: number, path = '/var/log/a.log'): FileMark {
  return {
    path,
    dev: '1',
    ino: '2',
    bornMs: 4,
    headBytes: 3,
    headHash: 'abc',
    offset,
    size: offset,
    modifiedMs: 5,
  };
}

const source = (position: () => FilePosition) => ({ position, isSettled: true });

function position(offset: number): FilePosition {
  return { value: String(offset), files: [mark(offset)] };
}

describe('taking positions over', () => {
  test('from a Promtail: offsets and cursors, no identities', async () => {
    const { filename, open } = setup();
    writeFileSync(filename, 'positions:\n  /var/log/a.log: "12"\n  cursor-journal: s=1;i=2\n');
    const store = await open();
    expect(store.filePosition('/var/log/a.log', 'job')).toEqual({ value: '12', files: [] });
    expect(store.get('cursor-journal')).toBe('s=1;i=2');
    await store.stop();
    expect(readFileSync(filename, 'utf8')).toBe(
      'positions:\n  /var/log/a.log: "12"\n  cursor-journal: s=1;i=2\n',
    );
  });

  test('from ourselves: identities too', async () => {
    const { open } = setup();
    const first = await open();
    first.track(
      '/var/log/a.log',
      'job',
      source(() => position(12)),
    );
    await first.stop();
    const second = await open();
    expect(second.filePosition('/var/log/a.log', 'job')).toEqual(position(12));
    await second.stop();
  });

  test('an offset that somebody changed loses its identity', async () => {
    const { filename, open } = setup();
    const first = await open();
    first.track(
      '/var/log/a.log',
      'job',
      source(() => position(12)),
    );
    await first.stop();
    writeFileSync(filename, 'positions:\n  /var/log/a.log: "0"\n');
    const second = await open();
    expect(second.filePosition('/var/log/a.log', 'job')).toEqual({ value: '0', files: [] });
    await second.stop();
  });

  test('killed between the two writes: the newer identity is taken', async () => {
    const { filename, open } = setup();
    let offset = 12;
    const first = await open();
    first.track(
      '/var/log/a.log',
      'job',
      source(() => position(offset)),
    );
    await first.save();
    const yamlBefore = readFileSync(filename);
    offset = 30;
    await first.save();
    const identityBetween = readFileSync(`${filename}.identity.json`);
    await first.stop();
    writeFileSync(filename, yamlBefore);
    writeFileSync(`${filename}.identity.json`, identityBetween);
    const second = await open();
    expect(second.filePosition('/var/log/a.log', 'job')).toEqual(position(30));
    await second.stop();
  });

  test('killed between the two writes, and again at the first save of the next run: the newest identity is taken', async () => {
    const { filename, identity, open } = setup();
    let offset = 12;
    const track = (store: PositionStore) =>
      store.track(
        '/var/log/a.log',
        'job',
        source(() => position(offset)),
      );
    const first = await open();
    track(first);
    await first.save();
    const yamlBefore = readFileSync(filename);
    for (const next of [30, 50]) {
      const store = next === 30 ? first : await open();
      track(store);
      offset = next;
      await store.save();
      const identityBetween = readFileSync(identity);
      await store.stop();
      writeFileSync(filename, yamlBefore);
      writeFileSync(identity, identityBetween);
    }
    const last = await open();
    expect(last.filePosition('/var/log/a.log', 'job')).toEqual(position(50));
    await last.stop();
  });

  test('killed between the two writes of a file that is new: it is known', async () => {
    const { filename, open } = setup();
    const first = await open();
    const yamlBefore = readFileSync(filename);
    first.track(
      '/var/log/a.log',
      'job',
      source(() => position(12)),
    );
    await first.save();
    const identityBetween = readFileSync(`${filename}.identity.json`);
    await first.stop();
    writeFileSync(filename, yamlBefore);
    writeFileSync(`${filename}.identity.json`, identityBetween);
    const second = await open();
    expect(second.filePosition('/var/log/a.log', 'job')).toEqual(position(12));
    await second.stop();
  });

  test('a file that is new is saved at once, without waiting for the sync period', async () => {
    const { filename, open } = setup();
    const store = await open();
    expect(readFileSync(filename, 'utf8')).toBe('positions: {}\n');
    store.track(
      '/var/log/a.log',
      'job',
      source(() => position(12)),
    );
    await expect.poll(() => readFileSync(filename, 'utf8')).toContain('/var/log/a.log: "12"');
    await store.stop();
  });

  test('a deleted file means: from the start', async () => {
    const { filename, open } = setup();
    const first = await open();
    first.track(
      '/var/log/a.log',
      'job',
      source(() => position(12)),
    );
    await first.stop();
    rmSync(filename);
    const second = await open();
    expect(second.filePosition('/var/log/a.log', 'job')).toBeUndefined();
    await second.stop();
  });
});

describe('a damaged positions file', () => {
  const damages: [string, (text: Buffer) => Buffer][] = [
    ['empty', () => Buffer.alloc(0)],
    ['torn', (text) => text.subarray(0, text.length - 3)],
    ['NUL-filled', (text) => Buffer.alloc(text.length)],
    ['ending in NULs', (text) => Buffer.concat([text.subarray(0, 15), Buffer.alloc(100)])],
  ];

  test.each(damages)('%s: goes on with our own copy and says so', async (_, damage) => {
    const { filename, open, lines } = setup();
    const first = await open();
    first.track(
      '/var/log/a.log',
      'job',
      source(() => position(12)),
    );
    first.put('cursor-journal', 's=1');
    await first.stop();
    writeFileSync(filename, damage(readFileSync(filename)));

    const second = await open();
    expect(second.filePosition('/var/log/a.log', 'job')).toEqual(position(12));
    expect(second.get('cursor-journal')).toBe('s=1');
    expect(lines.map((line) => line.msg)).toContainEqual(expect.stringContaining('is damaged'));
    await second.stop();
    expect(readFileSync(filename, 'utf8')).toBe(
      'positions:\n  /var/log/a.log: "12"\n  cursor-journal: s=1\n',
    );
  });

  test.each(damages)('%s, and our copy as well: refuses to start', async (_, damage) => {
    const { filename, identity, open } = setup();
    const first = await open();
    first.track(
      '/var/log/a.log',
      'job',
      source(() => position(12)),
    );
    await first.stop();
    writeFileSync(filename, damage(readFileSync(filename)));
    writeFileSync(identity, damage(readFileSync(identity)));
    await expect(open()).rejects.toThrow(`invalid yaml positions file [${filename}]`);
    // With the option that says so, it starts empty.
    const store = await open({ ignoreInvalidYaml: true });
    expect(store.get('/var/log/a.log')).toBeUndefined();
    await store.stop();
  });

  test('only our copy is damaged: goes on with positions.yaml and says so', async () => {
    const { identity, open, lines } = setup();
    const first = await open();
    first.track(
      '/var/log/a.log',
      'job',
      source(() => position(12)),
    );
    await first.stop();
    writeFileSync(identity, '{"version": 1, "posi');
    const second = await open();
    expect(second.filePosition('/var/log/a.log', 'job')).toEqual({ value: '12', files: [] });
    expect(lines.map((line) => line.msg)).toContainEqual(
      expect.stringContaining('cannot use the identity file'),
    );
    await second.stop();
  });

  test('a positions path that is a directory is a refusal to start', async () => {
    const { open } = setup({ filename: tempDir() });
    await expect(open()).rejects.toThrow('EISDIR');
  });

  test('an empty file that was never ours is a start from nothing, as with Promtail', async () => {
    const { filename, open } = setup();
    writeFileSync(filename, '');
    const store = await open();
    expect(store.get('/var/log/a.log')).toBeUndefined();
    await store.stop();
  });
});

describe('saving', () => {
  test('is for the owner only, and keeps the mode of an existing file', async () => {
    const { filename, identity, open } = setup();
    const store = await open();
    store.put('a', '1');
    await store.save();
    expect(statSync(filename).mode & 0o777).toBe(0o600);
    expect(statSync(identity).mode & 0o777).toBe(0o600);
    chmodSync(filename, 0o640);
    store.put('a', '2');
    await store.stop();
    expect(statSync(filename).mode & 0o777).toBe(0o640);
    expect(readdirSync(join(filename, '..')).sort()).toEqual([
      'positions.yaml',
      'positions.yaml.identity.json',
    ]);
  });

  test('writes nothing when nothing has changed', async () => {
    const { filename, open } = setup();
    const store = await open();
    store.put('a', '1');
    await store.save();
    await store.save();
    const before = statSync(filename).ino;
    store.put('a', '1');
    await store.save();
    expect(statSync(filename).ino).toBe(before);
    store.put('a', '2');
    await store.save();
    expect(statSync(filename).ino).not.toBe(before);
    await store.stop();
  });

  test('a failure is told and counted once a try, and made up for later', async () => {
    const { filename, open, lines, metrics } = setup();
    const store = await open();
    const inTheWay = `${filename}.identity.json`;
    await store.save();
    rmSync(inTheWay);
    // A folder of this name: the rename fails, for root too.
    const { mkdirSync } = await import('node:fs');
    mkdirSync(join(inTheWay, 'x'), { recursive: true });
    store.put('a', '1');
    await store.save();
    await store.save();
    expect((await metrics.failures.get()).values[0]?.value).toBe(2);
    expect(lines.filter((line) => String(line.msg).includes('cannot save positions'))).toHaveLength(1);
    rmSync(inTheWay, { recursive: true });
    await store.stop();
    expect(readFileSync(filename, 'utf8')).toBe('positions:\n  a: "1"\n');
  });

  test('happens every sync_period', async () => {
    const { filename, open } = setup();
    const store = await open();
    store.start(20);
    store.put('a', '1');
    await expect.poll(() => existsSync(filename)).toBe(true);
    await store.stop();
  });

  test('a dry run reads and writes nothing, and needs no lock', async () => {
    const { filename, open } = setup();
    writeFileSync(filename, 'positions:\n  a: "1"\n');
    const running = await open();
    const dry = await open({ isReadOnly: true });
    dry.start(20);
    expect(dry.get('a')).toBe('1');
    dry.put('a', '2');
    await dry.stop();
    expect(readFileSync(filename, 'utf8')).toBe('positions:\n  a: "1"\n');
    await running.stop();
  });
});

describe('several readers of one path', () => {
  test('the one furthest behind is saved', async () => {
    const { open, filename } = setup();
    const store = await open();
    store.track(
      '/var/log/a.log',
      'one',
      source(() => position(100)),
    );
    store.track(
      '/var/log/a.log',
      'two',
      source(() => position(40)),
    );
    await store.stop();
    expect(readFileSync(filename, 'utf8')).toContain('"40"');
  });

  test('more files to read is further behind than a smaller offset', async () => {
    const { open, filename } = setup();
    const store = await open();
    const drains: FilePosition = { value: '0', files: [mark(90, '/var/log/a.log.1'), mark(0)] };
    store.track(
      '/var/log/a.log',
      'one',
      source(() => drains),
    );
    store.track(
      '/var/log/a.log',
      'two',
      source(() => position(40)),
    );
    await store.save();
    expect(readFileSync(filename, 'utf8')).toContain('"0"');
    await store.stop();
  });

  test('one that has ended still counts, and goes on from its own place', async () => {
    const { open, time } = setup();
    const store = await open();
    const one = store.track(
      '/var/log/a.log',
      'one',
      source(() => position(40)),
    );
    store.track(
      '/var/log/a.log',
      'two',
      source(() => position(100)),
    );
    one.close();
    expect(store.get('/var/log/a.log')).toBe('40');
    expect(store.filePosition('/var/log/a.log', 'two')).toEqual(position(100));
    time.now += hour;
    expect(store.get('/var/log/a.log')).toBe('100');
    await store.stop();
  });
});

test('forgets a path that has been missing for an hour, and nothing else', async () => {
  const { open, time, filename } = setup();
  const there = join(filename, '..', 'there.log');
  writeFileSync(there, '');
  const store = await open();
  for (const key of [there, '/gone.log', '/read.log', 'cursor-x', 'journal-y']) store.put(key, '1');
  store.track(
    '/read.log',
    'job',
    source(() => position(1)),
  );
  store.start(20);
  await expect.poll(() => readFileSync(filename, 'utf8')).toContain('/gone.log');
  time.now += hour - 1000;
  await store.save();
  expect(store.get('/gone.log')).toBe('1');
  await expect
    .poll(() => {
      time.now += hour / 10;
      return store.get('/gone.log');
    })
    .toBeUndefined();
  expect([there, '/read.log', 'cursor-x', 'journal-y'].map((key) => store.get(key))).toEqual([
    '1',
    '1',
    '1',
    '1',
  ]);
  await store.stop();
});
