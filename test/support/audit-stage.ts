import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import type { Entry } from '../../src/entry/entry.js';
import { auditMetrics } from '../../src/metrics/audit-metrics.js';
import { allFamilies, printMetrics } from '../../src/metrics/exposition.js';
import type { StageMetrics } from '../../src/metrics/stage-metrics.js';
import type { Stage } from '../../src/pipeline/stage.js';
import { chunkOf, stagesOf } from './stages.js';

/** The ten events of the reference, one of each interesting kind. */
export const auditLines: readonly string[] = readFileSync(
  new URL('../fixtures/audit-events.jsonl', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n');

/** A pipeline with the stage alone, which takes one chunk after the other. */
export class AuditPipeline {
  readonly #registry = new Registry();
  readonly #dropped = new Map<string, number>();
  readonly #stages: Stage;

  constructor(options: object = {}, now: () => number = Date.now) {
    const metrics: StageMetrics = {
      droppedLines: (reason) => ({
        add: (by) => void this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + by),
      }),
      droppedLinesByLabel: () => ({ add: () => {} }),
      forgetDroppedByLabel: () => {},
      custom: undefined as never,
      audit: auditMetrics(this.#registry),
    };
    this.#stages = stagesOf(JSON.stringify([{ kubernetes_audit: options }]), { metrics, now }).stages;
  }

  /** What comes out of the lines of one chunk, and how many of those lines are settled so far. */
  push(
    lines: readonly string[],
    labels: Record<string, string> = {},
  ): { out: Entry[]; settled: () => number; wipe: () => void } {
    const { entries, settled, wipe } = chunkOf(lines, labels);
    return { out: this.#stages.process(entries) as Entry[], settled, wipe };
  }

  dueAt(): number | undefined {
    return this.#stages.dueAt!();
  }

  flush(nowMs: number): Entry[] {
    return this.#stages.flush!(nowMs) as Entry[];
  }

  get dropped(): number {
    return this.#dropped.get('kubernetes_audit_stage') ?? 0;
  }

  /** The series that a scraper gets: `name{labels}` with their values, zeros left out. */
  async series(): Promise<Record<string, number>> {
    const page = printMetrics(await allFamilies(this.#registry, []), 'text');
    const lines = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const pairs = lines.map((line): [string, number] => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at).replace('kubeaudit_', ''), Number(line.slice(at + 1))];
    });
    return Object.fromEntries(pairs.filter(([, value]) => value !== 0));
  }
}

/** What comes out of one line that makes one entry, once that is accepted. */
export async function auditOne(
  line: string,
  options: object = {},
): Promise<{ entry: Entry; metadata: Record<string, string>; series: Record<string, number> }> {
  const pipeline = new AuditPipeline(options);
  const { out } = pipeline.push([line]);
  const [entry] = out;
  if (entry === undefined || out.length > 1) throw new Error(`${out.length} entries from one line`);
  entry.ack.done(entry.lines);
  return { entry, metadata: metadataOf(entry), series: await pipeline.series() };
}

/** An event as an API server writes it, with these parts instead of its own. */
export function auditEvent(parts: Record<string, unknown> = {}): string {
  const event = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: '00000000-0000-4000-8000-000000000001',
    stage: 'ResponseComplete',
    requestURI: '/api/v1/namespaces/shop/pods',
    verb: 'list',
    user: { username: 'dana@example.org', groups: ['sre', 'system:authenticated'] },
    sourceIPs: ['10.32.0.4'],
    userAgent: 'kubectl/v1.34.1',
    objectRef: { resource: 'pods', namespace: 'shop', apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 200 },
    requestObject: undefined,
    responseObject: undefined,
    requestReceivedTimestamp: '2026-03-02T08:15:04.120300Z',
    stageTimestamp: '2026-03-02T08:15:04.121950Z',
    annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
    ...parts,
  };
  return goEscaped(JSON.stringify(event));
}

/** Go escapes what HTML would take for its own. */
function goEscaped(json: string): string {
  return json.replaceAll('&', '\\u0026').replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');
}

export function metadataOf(entry: Entry): Record<string, string> {
  return Object.fromEntries(entry.metadata?.pairs() ?? []);
}
