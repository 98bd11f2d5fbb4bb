import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { clientKinds } from '../src/client/kinds.js';
import { targetKinds } from '../src/targets/kinds.js';

const root = join(import.meta.dirname, '..', 'src');

/** Which folders a folder of src/ may import besides itself. `docs/architecture.md` says why. */
const allowed: Record<string, readonly string[]> = {
  entry: ['go'],
  // Its texts are those of entry/text.ts.
  go: ['entry'],
  log: [],
  metrics: ['entry', 'go'],
  fields: ['go'],
  http: ['fields', 'go', 'metrics'],
  aws: ['fields', 'http'],
  relabel: ['entry', 'fields', 'go'],
  positions: ['entry', 'fields', 'metrics'],
  quarantine: ['entry', 'fields'],
  pipeline: ['entry', 'fields', 'go', 'metrics', 'quarantine'],
  queue: ['entry', 'fields', 'metrics'],
  discovery: ['fields', 'go', 'http', 'relabel'],
  targets: ['aws', 'entry', 'fields', 'go', 'http', 'metrics', 'positions', 'quarantine', 'relabel'],
  client: ['entry', 'fields', 'go', 'http', 'metrics'],
  server: ['fields', 'http', 'log', 'metrics'],
};
/** These put the parts together, each for a purpose of its own. */
const wholes: Record<string, readonly string[]> = {
  replay: ['', 'cli', 'config', ...Object.keys(allowed)],
  preflight: ['', 'cli', 'config', 'replay', ...Object.keys(allowed)],
  verify: ['', 'cli', 'config', 'replay', ...Object.keys(allowed)],
};
Object.assign(allowed, wholes);

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const imports = new Map(files.map((file) => [file, importsOf(file)]));

it('lets imports go one way', () => {
  const wrong: string[] = [];
  for (const [file, targets] of imports) {
    const folder = folderOf(file);
    const may = allowed[folder];
    if (may === undefined) continue;
    for (const target of targets) {
      const other = folderOf(target);
      if (other !== folder && !may.includes(other)) wrong.push(`${file} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

it('has a rule for every folder below the ones that put the parts together', () => {
  const folders = new Set(files.map(folderOf).filter((folder) => !['', 'cli', 'config'].includes(folder)));
  expect([...folders].filter((folder) => allowed[folder] === undefined)).toEqual([]);
});

it('has no import cycles', () => {
  const state = new Map<string, 'open' | 'done'>();
  const cycles: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      cycles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
      return;
    }
    state.set(file, 'open');
    for (const target of imports.get(file) ?? []) visit(target, [...trail, file]);
    state.set(file, 'done');
  };
  for (const file of files) visit(file, []);
  expect(cycles).toEqual([]);
});

it('has no barrels, and only named exports', () => {
  expect(files.filter((file) => /(^|\/)index\.ts$/.test(file))).toEqual([]);
  expect(files.filter((file) => /^export default/m.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
});

it('has an example for each kind of client and target', () => {
  const directory = join(root, '..', 'examples');
  const examples = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => readFileSync(join(directory, file), 'utf8'))
    .join('\n');
  // Loki is what a client is without a type; of Windows there is nothing to show.
  const clients = clientKinds.slice(1).map(({ type }) => `type: ${type}`);
  const targets = targetKinds.map(({ name }) => `${name}:`).filter((key) => key !== 'windows_events:');
  expect([...clients, ...targets].filter((key) => !examples.includes(key))).toEqual([]);
});

/** Files that `file` imports, types included. */
function importsOf(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8');
  const specifiers = [...source.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map((match) => match[1]!);
  return specifiers.map((specifier) =>
    relative(root, join(root, dirname(file), specifier)).replace(/\.js$/, '.ts'),
  );
}

/** The folder right below src/; '' for files that stand there themselves. */
function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : '';
}
