import { bool, duration, text } from '../fields/scalars.js';
import { struct, type Value, withDefault } from '../fields/schema.js';

/** The `positions` block: where it is written down how far each source was read. */
export const positionsSchema = struct({
  sync_period: withDefault(duration, 10_000),
  filename: withDefault(text, '/var/log/positions.yaml'),
  ignore_invalid_yaml: withDefault(bool, false),
});
export type PositionsConfig = Value<typeof positionsSchema>;
