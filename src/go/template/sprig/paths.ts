import { type FunctionTable, fn } from '../functions.js';

const base = fn(['string'], baseOf);
const clean = fn(['string'], cleanPath);
const dir = fn(['string'], (path) => cleanPath(path.slice(0, path.lastIndexOf('/') + 1)));
const ext = fn(['string'], (path) => /\.[^./]*$/.exec(path)?.[0] ?? '');
const isAbs = fn(['string'], (path) => path.startsWith('/'));

/** The names with `os` are those of the system's paths, which are the same here. */
export const pathFunctions: FunctionTable = {
  base,
  clean,
  dir,
  ext,
  isAbs,
  osBase: base,
  osClean: clean,
  osDir: dir,
  osExt: ext,
  osIsAbs: isAbs,
};

function baseOf(path: string): string {
  if (path === '') return '.';
  const trimmed = path.replace(/\/+$/, '');
  return trimmed.slice(trimmed.lastIndexOf('/') + 1) || '/';
}

/** The shortest path of the same meaning. */
function cleanPath(path: string): string {
  const isRooted = path.startsWith('/');
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!isRooted) kept.push(part);
  }
  return (isRooted ? '/' : '') + kept.join('/') || '.';
}
