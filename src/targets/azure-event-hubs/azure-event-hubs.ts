import type { Labels } from '../../entry/labels.js';
import { Line } from '../../entry/line.js';
import { decodeText } from '../../entry/text.js';
import { labelName } from '../../fields/label-name.js';
import { bool, text } from '../../fields/scalars.js';
import { checked, listOf, mapOf, optional, struct, type Value, withDefault } from '../../fields/schema.js';
import { secret } from '../../fields/secret.js';
import { utc } from '../../go/time/location.js';
import { readRfc3339 } from '../../go/time/rfc3339.js';
import { readTls } from '../../http/tls-context.js';
import { finalLabels } from '../final-labels.js';
import type { MessageLine, ReadMessage } from '../kafka/group-session.js';
import { GroupTarget } from '../kafka/group-target.js';
import { messageTime } from '../kafka/message-time.js';
import { checkTopics } from '../kafka/topic-patterns.js';
import type { TargetDeps, TargetKind } from '../target.js';
import { readRecords } from './resource-logs.js';

const options = checked(
  struct({
    labels: withDefault(mapOf(text, labelName), new Map<string, string>()),
    fully_qualified_namespace: withDefault(text, ''),
    event_hubs: withDefault(listOf(text), []),
    connection_string: optional(secret),
    group_id: withDefault(text, ''),
    use_incoming_timestamp: withDefault(bool, false),
    disallow_custom_messages: withDefault(bool, false),
  }),
  ({ fully_qualified_namespace: namespace, event_hubs: hubs }) => {
    if (namespace === '') return 'no fully_qualified_namespace defined';
    return hubs.length === 0 ? 'no event_hubs defined' : checkTopics(hubs);
  },
);
type AzureOptions = Value<typeof options>;

/** `azure_event_hubs`: events of Azure's services, over the Kafka protocol that Event Hubs speak. */
export const azureEventHubs: TargetKind<AzureOptions> = {
  name: 'azure_event_hubs',
  field: optional(options),
  usesPositions: false,
  build: (own, deps) =>
    new GroupTarget(
      {
        brokers: [own.fully_qualified_namespace],
        topics: own.event_hubs,
        groupId: own.group_id || 'promtail',
        assignor: 'range',
        labels: own.labels,
        fromBeginning: false,
        read: recordReader(own, deps),
        credentials: async () => ({
          ssl: await readTls(undefined),
          sasl: {
            mechanism: 'plain',
            username: '$ConnectionString',
            password: own.connection_string?.reveal() ?? '',
          },
        }),
      },
      deps,
    ),
};

/** A line for each record of a message; one for a message that holds none. */
function recordReader(own: AzureOptions, deps: TargetDeps): ReadMessage {
  const { use_incoming_timestamp: usesIncoming, disallow_custom_messages: refusesCustom } = own;

  return (message, labels, now) => {
    const value = message.value ?? Buffer.alloc(0);
    const timeOf = usesIncoming ? () => messageTime(message) : now;
    const records = readRecords(decodeText(value));
    if (records === undefined) return custom(Line.ofBytes(value));
    return records.flatMap((record) => {
      const line = Line.ofText(record.text);
      if (record.category === undefined) return custom(line);
      const own = withCategory(labels, record.category);
      const time = usesIncoming ? readRfc3339(record.time, utc) : undefined;
      return own === undefined ? [] : [lineAt(time ?? timeOf(), own, line)];
    });

    function custom(line: Line): MessageLine[] {
      if (!refusesCustom) return [lineAt(timeOf(), labels, line)];
      const { offset } = message;
      deps.log.error({ offset }, 'message parsing error: required field or fields is empty');
      return [];
    }
  };

  /** The rules see the category alone; undefined: they drop it. */
  function withCategory(labels: Labels, category: string): Labels | undefined {
    const own = finalLabels(new Map([['__azure_event_hubs_category', category]]), deps);
    return own?.pairs().reduce((all, [name, value]) => all.with(name, value), labels);
  }
}

function lineAt(
  { seconds, nanos }: { readonly seconds: number; readonly nanos: number },
  labels: Labels,
  line: Line,
): MessageLine {
  return { labels, seconds, nanos, line };
}
