import type { KafkaConfig } from 'kafkajs';
import { Line } from '../../entry/line.js';
import { optional } from '../../fields/schema.js';
import { readTls } from '../../http/tls-context.js';
import type { TargetKind } from '../target.js';
import type { ReadMessage } from './group-session.js';
import { GroupTarget } from './group-target.js';
import { type KafkaAuthentication, type KafkaOptions, kafkaOptions } from './kafka-options.js';
import { messageTime } from './message-time.js';

/** `kafka`: messages of topics, a line each. */
export const kafka: TargetKind<KafkaOptions> = {
  name: 'kafka',
  field: optional(kafkaOptions),
  usesPositions: false,
  build: (options, deps) =>
    new GroupTarget(
      {
        brokers: options.brokers,
        topics: options.topics,
        groupId: options.group_id || 'promtail',
        assignor: options.assignor || 'range',
        labels: options.labels,
        fromBeginning: true,
        read: lineReader(options.use_incoming_timestamp),
        credentials: () => readCredentials(options.authentication),
      },
      deps,
    ),
};

function lineReader(useIncomingTimestamp: boolean): ReadMessage {
  return (message, labels, now) => {
    const { seconds, nanos } = useIncomingTimestamp ? messageTime(message) : now();
    return [{ labels, seconds, nanos, line: Line.ofBytes(message.value ?? Buffer.alloc(0)) }];
  };
}

async function readCredentials({
  type,
  tls_config: tls,
  sasl_config: login,
}: KafkaAuthentication): Promise<Pick<KafkaConfig, 'ssl' | 'sasl'>> {
  if (type === 'ssl') return { ssl: await readTls(tls) };
  if (type !== 'sasl') return {};
  const mechanism = login.mechanism.toLowerCase() as 'plain' | 'scram-sha-256' | 'scram-sha-512';
  const sasl = { mechanism, username: login.user, password: login.password?.reveal() ?? '' };
  // The type of kafkajs is a union with a member for each mechanism, all of which look the same.
  return {
    sasl: sasl as NonNullable<KafkaConfig['sasl']>,
    ...(login.use_tls && { ssl: await readTls(login) }),
  };
}
