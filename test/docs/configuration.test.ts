import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseCommandLine } from '../../src/cli/command-line.js';
import { loadConfig } from '../../src/config/load.js';

const page = readFileSync('docs/configuration.md', 'utf8');

it('tells of every flag', () => {
  const help = parseCommandLine(['-help']);
  const names =
    help.kind === 'help' ? [...help.text.matchAll(/^ {2}-(\S+)/gm)].map((match) => match[1]!) : [];
  expect(names.length).toBeGreaterThan(90);
  expect(names.filter((name) => !page.includes(`\`-${name}\``))).toEqual([]);
});

it('tells of every key that has a default', async () => {
  const { text } = await loadConfig({ file: '', expandEnv: false, onlySyntax: true, overrides: [] }, {});
  const keys = keysOf(parse(text));
  expect(keys.length).toBeGreaterThan(90);
  expect(keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(page))).toEqual([]);
});

function keysOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
}
