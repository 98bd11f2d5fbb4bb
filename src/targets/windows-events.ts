import { labelName } from '../fields/label-name.js';
import { bool, duration, int, text } from '../fields/scalars.js';
import { checked, mapOf, optional, struct, type Value, withDefault } from '../fields/schema.js';
import type { Target, TargetDeps, TargetKind } from './target.js';

const locale = checked(int, (value) =>
  value >= 0 && value <= 0xffffffff ? undefined : `expected a locale id, not ${value}`,
);

/** All of Promtail's keys, so that one config serves all machines; what they set takes effect on Windows alone. */
const options = struct({
  locale: withDefault(locale, 0),
  eventlog_name: withDefault(text, ''),
  xpath_query: withDefault(text, ''),
  use_incoming_timestamp: withDefault(bool, false),
  bookmark_path: withDefault(text, ''),
  poll_interval: withDefault(duration, 3000),
  exclude_event_data: withDefault(bool, false),
  exclude_event_message: withDefault(bool, false),
  exclude_user_data: withDefault(bool, false),
  labels: withDefault(mapOf(text, labelName), new Map<string, string>()),
});

/** `windows_events`: there are none where this agent runs. As Promtail elsewhere than on Windows it says so, and the job is idle. */
export const windowsEvents: TargetKind<Value<typeof options>> = {
  name: 'windows_events',
  field: optional(options),
  usesPositions: false,
  build: ({ labels }, { log }) => new NoWindowsEvents(labels, log),
};

class NoWindowsEvents implements Target {
  readonly type = 'WindowsEvent';
  readonly discoveredLabels: ReadonlyMap<string, string> = new Map();
  readonly labels: ReadonlyMap<string, string>;
  readonly isReady = false;
  readonly #log: TargetDeps['log'];

  constructor(labels: ReadonlyMap<string, string>, log: TargetDeps['log']) {
    this.labels = labels;
    this.#log = log;
  }

  async start(): Promise<void> {
    this.#log.warn(
      'WARNING!!! Windows target was configured but support for reading the windows event is not compiled into this build of promtail!',
    );
  }

  async stop(): Promise<void> {}

  details(): Record<string, unknown> {
    return { idle: 'there is no Windows event log on this machine' };
  }
}
