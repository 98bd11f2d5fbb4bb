import { byteSize } from '../../fields/byte-size.js';
import { duration, text } from '../../fields/scalars.js';
import { block, checked, listOf, optional, struct, type Value, withDefault } from '../../fields/schema.js';
import { type Secret, secret } from '../../fields/secret.js';
import { listenerSchema } from '../../http/listener-schema.js';
import { quarantineSchema } from '../../quarantine/quarantine.js';
import { targetLabels } from '../target-labels.js';

/** What both the target and each of its paths may have. */
const shared = {
  labels: targetLabels,
  bearer_token: optional(secret),
  bearer_token_file: withDefault(text, ''),
};

const path = checked(text, (value) => {
  if (!/^\/[^?#\s]*$/.test(value)) return 'expected a path that begins with a slash';
  return value === readyPath ? `${readyPath} tells whether the target is there` : undefined;
});

const inlet = checked(struct({ path: withDefault(path, '/audit'), ...shared }), oneToken);
export type InletConfig = Value<typeof inlet>;

const inlets = checked(listOf(inlet), (list) => {
  if (list.length === 0) return 'expected at least one path';
  const paths = list.map((each) => each.path);
  const twice = paths.find((each, index) => paths.indexOf(each) < index);
  return twice === undefined ? undefined : `${twice} stands here twice`;
});

const size = checked(byteSize, (bytes) => (bytes < 1024 ? 'must be 1KB or more' : undefined));

const usualInlet: InletConfig = {
  path: '/audit',
  labels: new Map(),
  bearer_token: undefined,
  bearer_token_file: '',
};

export const webhookSchema = checked(
  struct({
    server: block(listenerSchema),
    ...shared,
    paths: withDefault(inlets, [usualInlet]),
    max_body_size: withDefault(size, 256 * 1024 * 1024),
    /** An event that is longer is no event. What fits goes on to the stages, which cut it to what Loki takes. */
    max_event_size: withDefault(size, 16 * 1024 * 1024),
    /** For how long an event that comes again is known. */
    repeat_window: withDefault(duration, 5 * 60_000),
    quarantine: block(quarantineSchema),
  }),
  oneToken,
);
export type WebhookConfig = Value<typeof webhookSchema>;

export const readyPath = '/ready';

interface TokenOptions {
  readonly bearer_token: Secret | undefined;
  readonly bearer_token_file: string;
}

function oneToken(config: TokenOptions): string | undefined {
  return config.bearer_token !== undefined && config.bearer_token_file !== ''
    ? 'bearer_token and bearer_token_file are mutually exclusive'
    : undefined;
}
