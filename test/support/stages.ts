import { pino } from 'pino';
import type { Entry } from '../../src/entry/entry.js';
import { parseConfigText } from '../../src/fields/node.js';
import { Problems } from '../../src/fields/problems.js';
import type { CustomMetric, CustomMetricDefinition } from '../../src/metrics/stage-metrics.js';
import { stageKinds } from '../../src/pipeline/kinds.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import type { StageConfig, StageDeps } from '../../src/pipeline/stage.js';
import { StageChain } from '../../src/pipeline/stage-chain.js';
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
export function buildStages(
  text: string,
  options: Partial<StageDeps> = {},
): { stages: StageChain; counted: Counted } {
  const { configs, problems } = decodeStages(text);
  problems.throwIfAny();
  const counted: Counted = { dropped: new Map(), custom: new Map() };
  const build = (stages: readonly StageConfig[]) =>
    new StageChain(stages.map(({ kind, options }) => kind.build(options, deps)));
  const deps: StageDeps = {
    log: pino({ level: 'silent' }),
    metrics: {
      droppedLines: (reason) => ({ add: (by) => increase(counted.dropped, reason, by) }),
      droppedLinesByLabel: (name, value) => ({
        add: (by) => increase(counted.dropped, `${name}=${value}`, by),
      }),
      forgetDroppedByLabel: () => {},
      custom: {
        counter: (definition) => customMetric(definition, counted.custom),
        gauge: (definition) => customMetric(definition, counted.custom),
        histogram: (definition) => customMetric(definition, counted.custom),
      },
    },
    now: Date.now,
    signal: new AbortController().signal,
    buildStages: build,
    ...options,
  };
  return { stages: build(configs), counted };
}

/** Runs lines through stages to the end of the pipeline. */
export async function runStages(
  text: string,
  lines: string[],
  labels: Record<string, string> = {},
  options: Partial<StageDeps> = {},
): Promise<{ out: Entry[]; settled: () => number; counted: Counted }> {
  const out: Entry[] = [];
  const { stages, counted } = buildStages(text, options);
  const sink = { push: (entries: Entry[]) => void out.push(...entries) };
  const pipeline = new Pipeline(stages, sink, options.now ?? Date.now);
  const { entries, settled } = entriesOf(lines, labels);
  await pipeline.push(entries);
  await pipeline.close();
  return { out, settled, counted };
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
