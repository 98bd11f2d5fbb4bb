import { text } from './scalars.js';
import { converted, type Schema } from './schema.js';

const unitPowers = new Map<string, number>([
  ['', 0],
  ['b', 0],
  ['byte', 0],
  ['e', 6],
  ['eb', 6],
]);
for (const [index, prefix] of ['kilo', 'mega', 'giga', 'tera', 'peta'].entries()) {
  const letter = prefix[0]!;
  for (const unit of [letter, `${letter}b`, prefix, `${prefix}byte`, `${prefix}bytes`])
    unitPowers.set(unit, index + 1);
}

/** `256kb`, `1 MB`, `262144`: powers of 1024, units in any case; no decimals, no KiB. Undefined when it is not a size. */
export function parseByteSize(source: string): number | undefined {
  const match = /^\s*([0-9]+)\s*([a-z]*)\s*$/i.exec(source);
  const power = match === null ? undefined : unitPowers.get(match[2]!.toLowerCase());
  return power === undefined ? undefined : Number(match![1]) * 1024 ** power;
}

export const byteSize: Schema<number> = converted(text, readByteSize, (size) => size);

/** `parseByteSize`, or an Error that tells what is wrong. */
export function readByteSize(source: string): number {
  const size = parseByteSize(source);
  if (size === undefined)
    throw new Error(`expected a size such as 256kb or 1mb, not ${JSON.stringify(source)}`);
  return size;
}
