import { bool, offOnly, text } from '../fields/scalars.js';
import { checked, struct, type Value, withDefault } from '../fields/schema.js';
import { listenerFields, listenerProblem } from '../http/listener-schema.js';

const externalUrl = checked(text, (value) =>
  value === '' || URL.canParse(value, 'http://localhost')
    ? undefined
    : `expected a URL, not ${JSON.stringify(value)}`,
);

const fields = struct({
  ...listenerFields(80),
  external_url: withDefault(externalUrl, ''),
  health_check_target: withDefault(bool, true),
  disable: withDefault(bool, false),
  profiling_enabled: withDefault(
    offOnly("profile the process with Node's own --cpu-prof or --inspect"),
    false,
  ),
  enable_runtime_reload: withDefault(bool, false),
});

/** The `server` block: the agent's own pages and metrics. */
export type ServerConfig = Value<typeof fields>;

export const serverSchema = checked(fields, listenerProblem);
