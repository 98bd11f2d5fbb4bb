import type { logCreator } from 'kafkajs';
import type { Logger } from 'pino';

/** By kafkajs's levels: nothing, error, warn, … Each of its errors is tried again, and said once more by who gives up. */
const levels = ['silent', 'warn', 'debug', 'debug', 'debug', 'debug'] as const;

/** Lets kafkajs write into the agent's log. */
export function kafkaLog(log: Logger): logCreator {
  return () =>
    ({ level, log: { message, error, broker, groupId } }) =>
      log[levels[level] ?? 'debug']({ cause: error, broker, groupId }, `kafka: ${message}`);
}
