import { labelName } from '../../fields/label-name.js';
import { bool, text } from '../../fields/scalars.js';
import {
  block,
  checked,
  listOf,
  mapOf,
  optional,
  struct,
  type Value,
  withDefault,
} from '../../fields/schema.js';
import { secret } from '../../fields/secret.js';
import { checkTlsOptions, tlsFields, tlsOptions } from '../../http/tls-options.js';
import { assignorNames } from './assignors.js';
import { checkTopics } from './topic-patterns.js';

const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];

const saslConfig = checked(
  struct({
    mechanism: withDefault(text, ''),
    user: withDefault(text, ''),
    password: optional(secret),
    use_tls: withDefault(bool, false),
    ...tlsFields,
  }),
  checkTlsOptions,
);

/** How to log in. Promtail looks only at the part that `type` names, and at what is wrong in it. */
const authentication = checked(
  struct({
    type: withDefault(text, ''),
    tls_config: optional(tlsOptions),
    sasl_config: block(saslConfig),
  }),
  ({ type, sasl_config: sasl }) => {
    if (!['', 'none', 'ssl', 'sasl'].includes(type)) return `unsupported authentication type ${type}`;
    if (type !== 'sasl' || mechanisms.includes(sasl.mechanism)) return undefined;
    return `error unsupported sasl mechanism: ${sasl.mechanism || 'none is named'}; one of ${mechanisms.join(', ')} is needed`;
  },
);
export type KafkaAuthentication = Value<typeof authentication>;

const version = checked(text, (value) =>
  value === '' || /^\d+\.\d+\.\d+(\.\d+)?$/.test(value)
    ? undefined
    : `expected a version of Kafka such as 2.1.1, not ${JSON.stringify(value)}`,
);

const assignor = checked(text, (value) =>
  value === '' || assignorNames.includes(value)
    ? undefined
    : `unrecognized consumer group partition assignor: ${value}`,
);

export const kafkaOptions = checked(
  struct({
    labels: withDefault(mapOf(text, labelName), new Map<string, string>()),
    use_incoming_timestamp: withDefault(bool, false),
    brokers: withDefault(listOf(text), []),
    group_id: withDefault(text, ''),
    topics: withDefault(listOf(text), []),
    // Checked and not needed: what a broker can do is asked of the broker.
    version: withDefault(version, ''),
    assignor: withDefault(assignor, ''),
    authentication: block(authentication),
  }),
  ({ brokers, topics }) => {
    if (brokers.length === 0) return 'no Kafka bootstrap brokers defined';
    return topics.length === 0 ? 'no topics given to be consumed' : checkTopics(topics);
  },
);
export type KafkaOptions = Value<typeof kafkaOptions>;
