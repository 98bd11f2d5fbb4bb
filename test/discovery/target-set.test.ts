import { expect, it } from 'vitest';
import { resolveTargets } from '../../src/discovery/target-set.js';

const group = (labels: Record<string, string>, targets: Record<string, string>[] = [{}]) => ({
  source: '0',
  labels: new Map(Object.entries(labels)),
  targets: targets.map((target) => new Map(Object.entries(target))),
});
const keepAll = (labels: ReadonlyMap<string, string>) => labels;

it('checks relabelling, host, path and repetition, in this order', () => {
  const groups = [
    group({ __path__: '/a', job: 'x', empty: '', __secret: 'y' }, [
      { __address__: 'one' },
      { __address__: 'two' },
    ]),
    group({ __path__: '/b', __host__: 'other' }),
    group({ job: 'z' }),
    group({ __path__: '/c', drop: 'me' }),
  ];
  const relabel = (labels: ReadonlyMap<string, string>) => (labels.has('drop') ? undefined : labels);
  const outcomes = resolveTargets(groups, relabel, 'here').map(({ outcome }) => outcome);
  expect(outcomes).toEqual([
    { kind: 'active', path: '/a', exclude: '', labels: new Map([['job', 'x']]) },
    { kind: 'dropped', reason: 'exists', message: 'ignoring target, already exists' },
    { kind: 'dropped', reason: 'wrong_host', message: expect.stringContaining('wrong host') },
    { kind: 'dropped', reason: 'no_path', message: 'no path for target' },
    { kind: 'dropped', reason: 'dropped', message: 'dropped target' },
  ]);
});

it('lets a target label win over its group', () => {
  const [resolved] = resolveTargets(
    [group({ a: 'group', __path__: '/x' }, [{ a: 'target' }])],
    keepAll,
    'here',
  );
  expect(resolved!.discovered.get('a')).toBe('target');
});
