import pino from 'pino';
import { expect, it, vi } from 'vitest';
import type { Discoverer, TargetGroup } from '../src/discovery/discoverer.js';
import { type FileTargetPlan, Job } from '../src/job.js';
import { StreamActivity } from '../src/metrics/stream-activity.js';
import { Pipeline } from '../src/pipeline/pipeline.js';
import type { ShownTarget, Target } from '../src/targets/target.js';

/** A job whose discovery is told what to find, and whose file targets only say that they run. */
function startJob({
  startTarget = async () => {},
  targets = [],
}: {
  startTarget?: (path: string) => Promise<void>;
  targets?: readonly Target[];
} = {}) {
  const running: string[] = [];
  const counted: string[] = [];
  let publish: (groups: readonly TargetGroup[]) => void = () => {};
  const discoverer: Discoverer = {
    errors: [],
    start: (given) => {
      publish = given;
    },
    stop: async () => {},
  };
  const buildFileTarget = ({ path, labels, discoveredLabels }: FileTargetPlan): Target => ({
    type: 'File',
    labels,
    discoveredLabels,
    isReady: true,
    start: async () => {
      await startTarget(path);
      running.push(path);
    },
    stop: async () => {
      running.splice(running.indexOf(path), 1);
    },
    details: () => ({}),
  });
  const sink = { push: () => undefined };
  const job = new Job({
    name: 'job',
    pipeline: new Pipeline({ process: (entries) => entries }, sink, Date.now),
    activity: new StreamActivity(sink, Date.now),
    ending: new AbortController(),
    intake: undefined,
    targets,
    discoverers: [discoverer],
    relabel: (labels) => (labels.has('drop') ? undefined : labels),
    hostname: 'here',
    buildFileTarget,
    countDropped: (reason) => counted.push(reason),
    log: pino({ level: 'silent' }),
  });
  const find = (source: string, ...targets: Record<string, string>[]) =>
    publish([
      { source, labels: new Map(), targets: targets.map((target) => new Map(Object.entries(target))) },
    ]);
  return { job, running, counted, find };
}

it('reads what is found, once, and leaves what is gone', async () => {
  const { job, running, counted, find } = startJob();
  await job.start();
  find('a', { __path__: '/1', __meta: 'x' }, { __path__: '/1', __meta: 'y' }, { __path__: '/2' });
  find('b', { __path__: '/2' }, { drop: 'me' }, { none: '' }, { __path__: '/3', __host__: 'elsewhere' });
  await vi.waitFor(() => expect(running).toEqual(['/1', '/2']));
  expect(job.droppedTargets.map(({ reason }) => reason)).toEqual([
    'ignoring target, already exists',
    'ignoring target, already exists',
    'dropped target',
    'no path for target',
    'ignoring target, wrong host (labels:{__path__="/3", __host__="elsewhere"} hostname:here)',
  ]);
  expect(job.droppedTargets[0]!.discoveredLabels.get('__meta')).toBe('y');
  expect(counted.sort()).toEqual(['dropped', 'exists', 'exists', 'no_path', 'wrong_host']);

  find('a');
  await vi.waitFor(() => expect(running).toEqual(['/2']));
  await job.stop(AbortSignal.timeout(1000));
  expect(running).toEqual([]);
});

it('makes one change of all that is found while it is busy', async () => {
  const gate = Promise.withResolvers<void>();
  const begun: string[] = [];
  const { job, running, find } = startJob({
    startTarget: async (path) => {
      begun.push(path);
      if (path === '/slow') await gate.promise;
    },
  });
  await job.start();
  find('a', { __path__: '/slow' });
  await vi.waitFor(() => expect(begun).toEqual(['/slow']));
  find('b', { __path__: '/passing' });
  find('b');
  find('c', { __path__: '/last' });
  gate.resolve();
  await vi.waitFor(() => expect(running).toEqual(['/slow', '/last']));
  expect(begun).toEqual(['/slow', '/last']);
});

it('tells why a target cannot be read, and goes on with the others', async () => {
  const { job, running, counted, find } = startJob({
    startTarget: async (path) => {
      if (path === '/bad') throw new Error('no such thing');
    },
  });
  await job.start();
  find('a', { __path__: '/bad' }, { __path__: '/good' });
  await vi.waitFor(() => expect(running).toEqual(['/good']));
  expect(job.droppedTargets.map(({ reason }) => reason)).toEqual(['Failed to create target: no such thing']);
  expect(counted).toEqual(['error']);
});

it('shows the parts of a target, and the target itself while it has none or something is wrong', () => {
  const shown = { type: 'Docker', labels: new Map(), discoveredLabels: new Map(), isReady: true };
  const part: ShownTarget = { ...shown, details: () => ({ id: 'part' }) };
  const target = { ...shown, parts: [part], error: '', start: async () => {}, stop: async () => {} };
  const { job } = startJob({ targets: [{ ...target, details: () => ({ error: target.error }) }] });
  const details = () => job.targets.map((each) => each.details());
  expect(details()).toEqual([{ id: 'part' }]);
  target.error = 'gone';
  expect(details()).toEqual([{ error: 'gone' }, { id: 'part' }]);
  target.parts.length = 0;
  target.error = '';
  expect(details()).toEqual([{ error: '' }]);
});
