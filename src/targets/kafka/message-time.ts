import type { KafkaMessage } from 'kafkajs';

/** When the message was made, by its own account: milliseconds since 1970. */
export function messageTime({ timestamp }: KafkaMessage): {
  readonly seconds: number;
  readonly nanos: number;
} {
  const ms = Number(timestamp);
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: (ms - seconds * 1000) * 1e6 };
}
