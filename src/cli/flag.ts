import type { Override } from '../fields/node.js';
import type { FlagType } from './flag-types.js';
import * as types from './flag-types.js';

/** One flag of the command line. */
export interface Flag {
  readonly name: string;
  readonly read: FlagType;
  /** The word for the type in the help text; '' for a switch, which needs no value. */
  readonly typeName: string;
  /** As the help text shows it; '' for none. */
  readonly defaultText: string;
  readonly usage: string;
  /** The key in the config file that it sets; undefined for flags about the program itself. */
  readonly path: Override['path'] | undefined;
}

const kinds = {
  switch: { read: types.onOff, typeName: '' },
  string: { read: types.string, typeName: 'string' },
  int: { read: types.int, typeName: 'int' },
  uint: { read: types.uint, typeName: 'uint' },
  float: { read: types.float, typeName: 'float' },
  duration: { read: types.duration, typeName: 'duration' },
  size: { read: types.size, typeName: 'value' },
  level: { read: types.level, typeName: 'value' },
  labels: { read: types.labels, typeName: 'value' },
  value: { read: types.string, typeName: 'value' },
};

/** Name, type, default, key in the config file ('' for none) and usage of a flag. */
export type FlagRow = readonly [
  name: string,
  kind: keyof typeof kinds,
  defaultText: string,
  key: string,
  usage: string,
];

export function flagOf([name, kind, defaultText, key, usage]: FlagRow): Flag {
  const path = key === '' ? undefined : (key.split('.') as [string, ...string[]]);
  return { name, ...kinds[kind], defaultText, usage, path };
}
