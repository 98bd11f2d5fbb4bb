import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

/** The YAML documents of a file under examples/. Fails on the first error of any of them. */
export function readExample(name: string): unknown[] {
  return parseAllDocuments(readText(name)).map((document) => {
    if (document.errors[0] !== undefined) throw document.errors[0];
    return document.toJS() as unknown;
  });
}

export function readText(name: string): string {
  return readFileSync(new URL(`../../examples/${name}`, import.meta.url), 'utf8');
}
