import { byteSize } from '../fields/byte-size.js';
import { bool, duration, float, int } from '../fields/scalars.js';
import { block, checked, type Schema, struct, type Value, withDefault } from '../fields/schema.js';

/** The blocks that belong to no part of the agent alone. */

export const global = struct({
  file_watch_config: block(
    struct({
      min_poll_frequency: withDefault(duration, 250),
      max_poll_frequency: withDefault(duration, 250),
    }),
  ),
});

export const targetConfig = struct({
  sync_period: withDefault(duration, 10_000),
  stdin: withDefault(bool, false),
});

const limits = struct({
  readline_rate: withDefault(float, 10_000),
  readline_burst: withDefault(int, 10_000),
  readline_rate_enabled: withDefault({ ...bool, print: unlessOff }, false),
  readline_rate_drop: withDefault({ ...bool, print: unlessOff }, true),
  max_streams: withDefault(int, 0),
  max_line_size: withDefault(byteSize, 0),
  max_line_size_truncate: withDefault(bool, false),
});
export type Limits = Value<typeof limits>;

export const limitsConfig: Schema<Limits> = checked(limits, (value) =>
  value.readline_rate_enabled && value.readline_burst < 1 ? 'readline_burst must be at least 1' : undefined,
);

export const tracing = struct({ enabled: withDefault(bool, true) });

/** `stream_lag_labels` is all that older versions had here. */
export const options: Schema<Record<string, never>> = {
  decode(node, problems) {
    for (const { key, keyOffset, value } of node.pairs(problems)) {
      if (key === 'stream_lag_labels') problems.warn(keyOffset, value.path, 'no longer used (ignored)');
      else problems.addAt(keyOffset, node.path, `unknown key '${key}', did you mean 'stream_lag_labels'?`);
    }
    return {};
  },
  print: () => undefined,
};

function unlessOff(value: boolean): true | undefined {
  return value || undefined;
}
