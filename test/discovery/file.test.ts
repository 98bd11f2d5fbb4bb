import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Discoverer, TargetGroup } from '../../src/discovery/discoverer.js';
import { fileConfigs } from '../../src/discovery/file.js';

let dir: string;
let discoverer: Discoverer;
let known: Map<string, TargetGroup>;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'file-sd-'));
  known = new Map();
  const deps = { log: pino({ level: 'silent' }), hostname: 'here', version: '0', environment: {} };
  [discoverer] = fileConfigs.build([{ files: [join(dir, '*.yml')], refresh_interval: 300_000 }], deps) as [
    Discoverer,
  ];
});

afterEach(async () => {
  await discoverer.stop();
  await rm(dir, { recursive: true });
});

const paths = () =>
  [...known.values()]
    .flatMap(({ labels, targets }) => (targets.length === 0 ? [] : [labels.get('__path__')]))
    .sort();

function start(): void {
  discoverer.start((groups) => {
    for (const group of groups) known.set(group.source, group);
  });
}

it('follows files that appear, change, break and go', async () => {
  await writeFile(join(dir, 'a.yml'), '- labels: {__path__: /a}\n- labels: {__path__: /b}\n');
  start();
  await vi.waitFor(() => expect(paths()).toEqual(['/a', '/b']));
  expect([...known.values()][0]!.labels.get('__meta_filepath')).toBe(join(dir, 'a.yml'));

  await writeFile(join(dir, 'b.yml'), '[{"targets": ["x"], "labels": {"__path__": "/c"}}]');
  await vi.waitFor(() => expect(paths()).toEqual(['/a', '/b', '/c']));

  await writeFile(join(dir, 'a.yml'), '- labels: {__path__: /d}\n');
  await vi.waitFor(() => expect(paths()).toEqual(['/c', '/d']));

  await writeFile(join(dir, 'a.yml'), '- lables: {}\n');
  await rm(join(dir, 'b.yml'));
  await vi.waitFor(() => expect(paths()).toEqual(['/d']));
  await vi.waitFor(() => expect(discoverer.errors).toEqual([expect.stringContaining("'lables'")]));
  await rm(join(dir, 'a.yml'));
  await vi.waitFor(() => expect(discoverer.errors).toEqual([]));
  expect(paths()).toEqual([]);
});
