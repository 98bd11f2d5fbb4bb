import { expect, it } from 'vitest';
import { resolveGroup } from '../../src/discovery/target-set.js';

const group = (labels: Record<string, string>, targets: Record<string, string>[] = [{}]) => ({
  source: '0',
  labels: new Map(Object.entries(labels)),
  targets: targets.map((target) => new Map(Object.entries(target))),
});
const keepAll = (labels: ReadonlyMap<string, string>) => labels;

it('checks relabelling, host and path, in this order', () => {
  const relabel = (labels: ReadonlyMap<string, string>) => (labels.has('drop') ? undefined : labels);
  const resolve = (labels: Record<string, string>) =>
    resolveGroup(group(labels), { relabel, hostname: 'here' })[0]!;
  expect(resolve({ __path__: '/a', job: 'x', empty: '', __secret: 'y' }).outcome).toEqual({
    kind: 'active',
    path: '/a',
    exclude: '',
    labels: new Map([['job', 'x']]),
    key: expect.any(String),
  });
  const elsewhere = resolve({ __path__: '/b', __host__: 'other' });
  expect(elsewhere.outcome).toEqual({ kind: 'dropped', reason: 'wrong_host' });
  expect(elsewhere.reason).toBe(
    'ignoring target, wrong host (labels:{__path__="/b", __host__="other"} hostname:here)',
  );
  expect(resolve({ job: 'z' }).outcome).toEqual({ kind: 'dropped', reason: 'no_path' });
  expect(resolve({ __path__: '/c', drop: 'me' }).outcome).toEqual({ kind: 'dropped', reason: 'dropped' });
});

it('tells targets apart by what reaches Loki, and by their files', () => {
  const rules = { relabel: keepAll, hostname: 'here' };
  const keyOf = (labels: Record<string, string>) => {
    const { outcome } = resolveGroup(group({ __path__: '/a', job: 'x', ...labels }), rules)[0]!;
    return outcome.kind === 'active' ? outcome.key : '';
  };
  expect(keyOf({ __meta_a: '1' })).toBe(keyOf({ __meta_a: '2', more: '' }));
  expect(keyOf({ more: '1' })).not.toBe(keyOf({}));
  expect(keyOf({ __path__: '/b' })).not.toBe(keyOf({}));
  expect(keyOf({ __path_exclude__: '/b' })).not.toBe(keyOf({}));
});

it('lets a target label win over its group', () => {
  const [resolved] = resolveGroup(group({ a: 'group', __path__: '/x' }, [{ a: 'target' }]), {
    relabel: keepAll,
    hostname: 'here',
  });
  expect(resolved!.discoveredLabels.get('a')).toBe('target');
});
