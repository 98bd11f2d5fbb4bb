import type { Logger } from 'pino';
import type { Entry } from '../../entry/entry.js';
import type { Extracted, ExtractedValue } from '../../entry/extracted.js';
import type { Labels } from '../../entry/labels.js';
import { type ConfigNode, emptyNode } from '../../fields/node.js';
import {
  checked,
  converted,
  type Field,
  optional,
  required,
  type Schema,
  stageStruct,
  type Value,
  withDefault,
} from '../../fields/schema.js';
import {
  stageBool,
  stageDuration,
  stageFloat,
  stageList,
  stageMap,
  stageText,
  stageWord,
} from '../../fields/stage-fields.js';
import type { CustomMetric } from '../../metrics/stage-metrics.js';
import { toFloat, toText } from '../extracted-text.js';
import { eachEntry, type StageDeps, type StageKind } from '../stage.js';

/** How a metric is set from its value depends on its type, so `config` is read once that is known. */
const config: Field<ConfigNode> = {
  decode: (node) => node,
  absent: (parent, key) => emptyNode(`${parent.path}.${key}`, parent.offset),
};

const outline = stageStruct({
  type: required(stageWord('counter', 'gauge', 'histogram')),
  description: withDefault(stageText, ''),
  source: optional(stageText),
  prefix: withDefault(stageText, ''),
  max_idle_duration: withDefault(
    checked(stageDuration, (ms) => (ms < 1000 ? 'may not be under 1s' : undefined)),
    5 * 60_000,
  ),
  config,
});

const counterConfig = checked(
  stageStruct({
    action: required(stageWord('inc', 'add')),
    value: optional(stageText),
    match_all: withDefault(stageBool, false),
    count_entry_bytes: withDefault(stageBool, false),
  }),
  ({ action, value, match_all, count_entry_bytes }) => {
    if (match_all && value !== undefined) return "'match_all: true' goes without 'value'";
    if (count_entry_bytes && !match_all) return "'count_entry_bytes: true' needs 'match_all: true'";
    return count_entry_bytes && action !== 'add'
      ? "'count_entry_bytes: true' needs 'action: add'"
      : undefined;
  },
);

const gaugeConfig = stageStruct({
  action: required(stageWord('set', 'inc', 'dec', 'add', 'sub')),
  value: optional(stageText),
});

const defaultBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const buckets = converted(
  checked(stageList(stageFloat, 0), (bounds) =>
    bounds.every((bound, index) => index === 0 || bound > bounds[index - 1]!)
      ? undefined
      : 'buckets must increase',
  ),
  // The bucket for all the rest is there anyway.
  (bounds) => (bounds.at(-1) === Number.POSITIVE_INFINITY ? bounds.slice(0, -1) : bounds),
);

const histogramConfig = stageStruct({
  value: optional(stageText),
  buckets: withDefault(buckets, []),
});

type Outline = Omit<Value<typeof outline>, 'type' | 'config'>;
type MetricOptions = Outline &
  (
    | { readonly type: 'counter'; readonly config: Value<typeof counterConfig> }
    | { readonly type: 'gauge'; readonly config: Value<typeof gaugeConfig> }
    | { readonly type: 'histogram'; readonly config: Value<typeof histogramConfig> }
  );

const metric: Schema<MetricOptions> = {
  decode(node, problems) {
    const { type, config, ...rest } = outline.decode(node, problems);
    if (type === 'gauge') return { ...rest, type, config: gaugeConfig.decode(config, problems) };
    if (type === 'histogram') return { ...rest, type, config: histogramConfig.decode(config, problems) };
    return { ...rest, type, config: counterConfig.decode(config, problems) };
  },
};

/** Counts, sets or observes metrics of the user's own, one series a label set. */
export const metrics: StageKind<Map<string, MetricOptions>> = {
  name: 'metrics',
  schema: stageMap(metric),
  build(all, deps) {
    const updates = [...all].map(([name, options]) => updateOf(name, options, deps));
    return eachEntry((entry, extracted) => {
      for (const update of updates) update(entry, extracted);
      return true;
    });
  },
};

type Update = (entry: Entry, extracted: Extracted) => void;

function updateOf(name: string, options: MetricOptions, { metrics, log }: StageDeps): Update {
  const definition = {
    name: (options.prefix || 'promtail_custom_') + name,
    help: options.description,
    maxIdleMs: Math.trunc(options.max_idle_duration / 1000) * 1000,
  };
  const source = options.source ?? name;
  const refuse = warnOnce(log, definition.name);
  switch (options.type) {
    case 'counter':
      return counterUpdate(metrics.custom.counter(definition), source, options.config, refuse);
    case 'gauge':
      return gaugeUpdate(metrics.custom.gauge(definition), source, options.config);
    case 'histogram': {
      const buckets = options.config.buckets.length > 0 ? options.config.buckets : defaultBuckets;
      const histogram = metrics.custom.histogram({ ...definition, buckets });
      return histogramUpdate(histogram, source, options.config.value, refuse);
    }
  }
}

function counterUpdate(
  counter: CustomMetric,
  source: string,
  { action, value, match_all, count_entry_bytes }: Value<typeof counterConfig>,
  refuse: (reason: string) => void,
): Update {
  if (count_entry_bytes) return (entry) => counter.add(entry.labels, entry.line.byteLength);
  if (match_all) {
    // There is no value that 'add' could add.
    return action === 'inc' ? (entry) => counter.add(entry.labels, 1) : () => {};
  }
  return updateFrom(source, value, (labels, found) => {
    const by = action === 'inc' ? 1 : toFloat(found);
    if (by === undefined) return;
    if (by < 0) refuse('a counter cannot go down');
    else counter.add(labels, by);
  });
}

function gaugeUpdate(
  gauge: CustomMetric,
  source: string,
  { action, value }: Value<typeof gaugeConfig>,
): Update {
  if (action === 'inc') return updateFrom(source, value, (labels) => gauge.add(labels, 1));
  if (action === 'dec') return updateFrom(source, value, (labels) => gauge.add(labels, -1));
  return updateFrom(source, value, (labels, found) => {
    const number = toFloat(found);
    if (number === undefined) return;
    if (action === 'set') gauge.set(labels, number);
    else gauge.add(labels, action === 'add' ? number : -number);
  });
}

function histogramUpdate(
  histogram: CustomMetric,
  source: string,
  value: string | undefined,
  refuse: (reason: string) => void,
): Update {
  return updateFrom(source, value, (labels, found) => {
    const number = toFloat(found);
    if (number === undefined) return;
    if (labels.has('le')) refuse("a histogram cannot have a label 'le'");
    else histogram.observe(labels, number);
  });
}

/** Calls `update` for entries whose source is there, nil included, and whose text is `value` if that is given. */
function updateFrom(
  source: string,
  value: string | undefined,
  update: (labels: Labels, found: ExtractedValue) => void,
): Update {
  return (entry, extracted) => {
    const found = extracted.get(source);
    if (found === undefined || (value !== undefined && toText(found) !== value)) return;
    update(entry.labels, found);
  };
}

/** Promtail dies of these updates; here they are left out, with one word about the first. */
function warnOnce(log: Logger, metric: string): (reason: string) => void {
  let isSaid = false;
  return (reason) => {
    if (!isSaid) log.warn({ metric }, `metric not updated: ${reason}`);
    isSaid = true;
  };
}
