import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { Entry } from '../../src/entry/entry.js';
import { ExtractedNames } from '../../src/entry/extracted.js';
import { Line } from '../../src/entry/line.js';
import { encodeText } from '../../src/entry/text.js';
import { parseConfigText } from '../../src/fields/node.js';
import { Problems } from '../../src/fields/problems.js';
import { auditMetrics } from '../../src/metrics/audit-metrics.js';
import type { CustomMetric, CustomMetricDefinition, StageMetrics } from '../../src/metrics/stage-metrics.js';
import { buildStages } from '../../src/pipeline/build-stages.js';
import { stageKinds } from '../../src/pipeline/kinds.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import type { StageConfig, StageDeps } from '../../src/pipeline/stage.js';
import type { StageChain } from '../../src/pipeline/stage-chain.js';
import { stagesSchema } from '../../src/pipeline/stage-schema.js';
import { entriesOf } from './entries.js';

/** What stages counted: by reason, and by `name{labels}` for metrics of the config's own. */
export interface Counted {
  readonly dropped: Map<string, number>;
  readonly custom: Map<string, number>;
}

/** Reads `pipeline_stages` from YAML or JSON text. */
export function decodeStages(text: string): { configs: StageConfig[]; problems: Problems } {
  const problems = new Problems('');
  const configs = stagesSchema(stageKinds).decode(parseConfigText(text, problems), problems);
  return { configs, problems };
}

/** Builds stages with deps that count in memory. */
export function stagesOf(
  text: string,
  options: Partial<StageDeps> = {},
): { stages: StageChain; counted: Counted } {
  const { configs, problems } = decodeStages(text);
  problems.throwIfAny();
  const counted: Counted = { dropped: new Map(), custom: new Map() };
  const deps = {
    log: pino({ level: 'silent' }),
    metrics: countingMetrics(counted),
    now: Date.now,
    signal: new AbortController().signal,
    isTrial: false,
    sendersWait: false,
    ...options,
  };
  return { stages: buildStages(configs, deps), counted };
}

/** Runs lines through stages to the end of the pipeline. */
export async function runStages(
  text: string,
  lines: string[],
  labels: Record<string, string> = {},
  options: Partial<StageDeps> = {},
): Promise<{ out: Entry[]; settled: () => number; counted: Counted }> {
  const out: Entry[] = [];
  const { stages, counted } = stagesOf(text, options);
  const sink = { push: (entries: Entry[]) => void out.push(...entries) };
  const pipeline = new Pipeline(stages, sink, options.now ?? Date.now);
  const { entries, settled } = entriesOf(lines, labels);
  await pipeline.push(entries);
  await pipeline.close();
  return { out, settled, counted };
}

/** A chunk as a tailer reads it: entries that refer to its bytes, and are on their way through a pipeline. */
export function chunkOf(
  lines: readonly string[],
  labels: Record<string, string> = {},
): { entries: Entry[]; settled: () => number; wipe: () => void } {
  const { entries, settled } = entriesOf([...lines], labels);
  const bytes = encodeText(lines.join('\n'));
  const names = new ExtractedNames();
  let at = 0;
  for (const [index, entry] of entries.entries()) {
    const end = at + encodeText(lines[index]!).length;
    entry.line = Line.ofBytes(bytes, at, end);
    entry.extracted = names.startWith(entry.labels);
    at = end + 1;
  }
  return { entries, settled, wipe: () => void bytes.fill(0) };
}

function countingMetrics(counted: Counted): StageMetrics {
  const custom = (definition: CustomMetricDefinition) => customMetric(definition, counted.custom);
  return {
    droppedLines: (reason) => ({ add: (by) => increase(counted.dropped, reason, by) }),
    droppedLinesByLabel: (name, value) => ({
      add: (by) => increase(counted.dropped, `${name}=${value}`, by),
    }),
    forgetDroppedByLabel: (name) => {
      for (const key of counted.dropped.keys()) if (key.startsWith(`${name}=`)) counted.dropped.delete(key);
    },
    custom: { counter: custom, gauge: custom, histogram: custom },
    audit: auditMetrics(new Registry()),
  };
}

function customMetric({ name }: CustomMetricDefinition, values: Map<string, number>): CustomMetric {
  return {
    add: (labels, by) => increase(values, `${name}${labels.stream}`, by),
    set: (labels, to) => void values.set(`${name}${labels.stream}`, to),
    observe: (labels, value) => increase(values, `${name}${labels.stream}`, value),
  };
}

function increase(values: Map<string, number>, key: string, by: number): void {
  values.set(key, (values.get(key) ?? 0) + by);
}
