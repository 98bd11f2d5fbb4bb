import { byteSize } from '../fields/byte-size.js';
import { bool, duration, text } from '../fields/scalars.js';
import { block, checked, type Field, struct, type Value, withDefault } from '../fields/schema.js';

const minSize = 16 * 1024 * 1024;
const size = checked(byteSize, (bytes) => (bytes < minSize ? 'expected at least 16mb' : undefined));

/** How often Promtail looks for what was written; here it is read at once. */
const frequency = (defaultMs: number): Field<number> => ({
  ...withDefault(duration, defaultMs),
  decode(node, problems) {
    problems.warn(
      node.offset,
      node.path,
      'not needed: entries are read as soon as they are written (ignored)',
    );
    return duration.decode(node, problems);
  },
});

/** The `wal` block: a queue on the disk for what cannot be read again. */
export const walSchema = checked(
  struct({
    enabled: withDefault(bool, false),
    dir: withDefault(text, ''),
    cleanSegmentsOlderThan: withDefault(duration, 0),
    maxSize: withDefault(size, 1024 ** 3),
    watchConfig: block(struct({ minReadFrequency: frequency(250), maxReadFrequency: frequency(1000) })),
  }),
  ({ enabled, dir }) => (enabled && dir === '' ? "'dir' is required" : undefined),
);
export type WalConfig = Value<typeof walSchema>;
