import type { Entry } from '../entry/entry.js';
import type { Destination } from './destination.js';
import { isEncodableTime } from './encode-entry.js';

/** Why an entry cannot be part of any push. */
export interface Fault {
  /** As the metrics count it. */
  readonly reason: string;
  readonly error: string;
}

/** Undefined when the entry can be sent. In Promtail, one entry with such a time takes its whole batch along. */
export function faultOf(entry: Entry, destination: Destination): Fault | undefined {
  if (!isEncodableTime(entry.seconds, entry.nanos)) return badTime;
  return destination.isTenantBad ? badTenant : undefined;
}

const badTime: Fault = { reason: 'invalid_timestamp', error: 'the timestamp is not between year 1 and 9999' };
const badTenant: Fault = {
  reason: 'invalid_tenant',
  error: 'the tenant holds characters that a header cannot carry',
};
