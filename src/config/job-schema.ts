import type { DiscoveryKind } from '../discovery/discoverer.js';
import { discoveryKinds, refusedDiscoveries } from '../discovery/kinds.js';
import { fingerprintNode } from '../fields/fingerprint.js';
import type { ConfigNode } from '../fields/node.js';
import type { Problems } from '../fields/problems.js';
import { text } from '../fields/scalars.js';
import {
  converted,
  type Field,
  type Fields,
  printValue,
  type Schema,
  struct,
  withDefault,
} from '../fields/schema.js';
import { stageKinds } from '../pipeline/kinds.js';
import type { StageConfig } from '../pipeline/stage.js';
import { stagesSchema } from '../pipeline/stage-schema.js';
import { type RelabelRule, relabelRules } from '../relabel/rule.js';
import { type DecompressionOptions, decompressionField } from '../targets/file/decompression-field.js';
import { parseEncoding } from '../targets/file/encodings.js';
import { targetKinds } from '../targets/kinds.js';
import type { TargetKind } from '../targets/target.js';

/** One item of `scrape_configs`. */
export interface JobConfig {
  readonly job_name: string;
  readonly pipeline_stages: StageConfig[];
  readonly relabel_configs: RelabelRule[];
  /** How the files are encoded, by its IANA name; '' when they are UTF-8. */
  readonly encoding: string;
  readonly decompression: DecompressionOptions | undefined;
  /** Undefined when it names none, which only standard input can do without. */
  readonly source: JobSource | undefined;
  /** Tells it from any other, secrets included. */
  readonly fingerprint: string;
  /** Where it stands, for what is found wrong with it later. */
  readonly place: { readonly offset: number; readonly path: string };
}

/** Where a job's lines come from: files that discovery finds, or a target of another kind. */
export type JobSource =
  | { readonly kind: 'files'; readonly discoveries: readonly Configured<DiscoveryKind<unknown>>[] }
  | { readonly kind: 'target'; readonly target: Configured<TargetKind<unknown>> };

/** A kind with its decoded options. */
export interface Configured<Kind> {
  readonly kind: Kind;
  readonly options: unknown;
}

/** Keys for discovering files. */
const discoveryKeys = [...discoveryKinds.map(({ name }) => name), ...refusedDiscoveries.keys()];

/** The other sources, in the order in which Promtail looks for them; then our own. */
const targetKeys = [
  'journal',
  'syslog',
  'gcplog',
  'loki_push_api',
  'windows_events',
  'kafka',
  'azure_event_hubs',
  'gelf',
  'cloudflare',
  'docker_sd_configs',
  'heroku_drain',
  'cloudwatch',
  'kubernetes_audit_webhook',
];

/** Left as it is until it is clear which of a job's sources counts. */
const undecoded: Field<ConfigNode | undefined> = { decode: (node) => node, absent: () => undefined };
const stages = stagesSchema(stageKinds);

/** Known here, or files would be refused one by one. */
const encodingName = converted(text, (name) => {
  if (name !== '') parseEncoding(name);
  return name;
});

const job = struct({
  job_name: withDefault(text, ''),
  pipeline_stages: withDefault(stages, []),
  relabel_configs: withDefault(relabelRules, []),
  encoding: withDefault(encodingName, ''),
  decompression: decompressionField,
  ...(Object.fromEntries([...discoveryKeys, ...targetKeys].map((key) => [key, undecoded])) as Fields),
});

export const jobSchema: Schema<JobConfig> = {
  decode(node, problems) {
    const decoded = job.decode(node, problems);
    if (decoded.job_name === '') problems.add(node, 'job_name is empty');
    const given = (keys: readonly string[]) =>
      keys.flatMap((key) => {
        const value = (decoded as Record<string, unknown>)[key];
        return value === undefined ? [] : [{ key, node: value as ConfigNode }];
      });
    const { job_name, pipeline_stages, relabel_configs, encoding, decompression } = decoded;
    const source = chooseSource(given(discoveryKeys), given(targetKeys), problems);
    return {
      job_name,
      pipeline_stages,
      relabel_configs,
      encoding,
      decompression,
      source,
      fingerprint: fingerprintNode(node),
      place: { offset: node.offset, path: node.path },
    };
  },
  print: ({ job_name, pipeline_stages, relabel_configs, encoding, decompression, source }) => ({
    job_name,
    encoding: encoding === '' ? undefined : encoding,
    decompression: printValue(decompressionField, decompression),
    pipeline_stages: orNothing(printValue(stages, pipeline_stages)),
    ...(source?.kind === 'target' ? printOptions(source.target) : undefined),
    relabel_configs: orNothing(printValue(relabelRules, relabel_configs)),
    ...(source?.kind === 'files' ? Object.assign({}, ...source.discoveries.map(printOptions)) : undefined),
  }),
};

interface GivenKey {
  readonly key: string;
  readonly node: ConfigNode;
}

/** One kind of source counts, as in Promtail: files before all others, then in the order of the keys. */
function chooseSource(
  discoveries: readonly GivenKey[],
  targets: readonly GivenKey[],
  problems: Problems,
): JobSource | undefined {
  const chosen = discoveries.length > 0 ? discoveries : targets.slice(0, 1);
  for (const { key, node } of targets) {
    if (chosen.some((each) => each.key === key)) continue;
    const keys = chosen.map((each) => each.key).join(' and ');
    problems.warn(
      node.offset,
      node.path,
      `ignored, as the same job has ${keys} and a job has one kind of source`,
    );
  }
  if (discoveries.length > 0) {
    return {
      kind: 'files',
      discoveries: discoveries.flatMap((each) => decodeOptions(each, discoveryKinds, problems)),
    };
  }
  const [target] = chosen.flatMap((each) => decodeOptions(each, targetKinds, problems));
  return target === undefined ? undefined : { kind: 'target', target };
}

function decodeOptions<Kind extends { readonly name: string; readonly field: Field<unknown> }>(
  { key, node }: GivenKey,
  kinds: readonly Kind[],
  problems: Problems,
): Configured<Kind>[] {
  const kind = kinds.find(({ name }) => name === key);
  if (kind !== undefined) return [{ kind, options: kind.field.decode(node, problems) }];
  problems.add(node, `not supported: ${refusedDiscoveries.get(key)!}`);
  return [];
}

function printOptions({
  kind,
  options,
}: Configured<{ readonly name: string; readonly field: Field<unknown> }>) {
  return { [kind.name]: printValue(kind.field, options) };
}

function orNothing(list: unknown): unknown {
  return Array.isArray(list) && list.length === 0 ? undefined : list;
}
