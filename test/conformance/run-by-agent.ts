import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { AgentProcess } from '../../demo/agent-process.js';
import { LokiReceiver } from '../../demo/loki/receiver.js';
import { bytesOf, type CaseInput, type ConformanceCase } from './case.js';
import { startCaseAgent } from './case-agent.js';
import { type CaseResult, metricsOf, streamsOf } from './case-result.js';

/**
 * Runs cases by one agent, a scrape config each, as they were recorded: their lines are in files before it starts, and it is
 * ended when all are read.
 */
export async function runByAgent(cases: readonly ConformanceCase[]): Promise<CaseResult[]> {
  const dir = mkdtempSync(join(tmpdir(), 'auditail-conformance-'));
  await using receiver = await LokiReceiver.start();
  // What Loki would say of these streams is not the question.
  receiver.answerWith(() => ({ kind: 'status', status: 204 }));
  const inputs = cases.map((test) => new InputFile(join(dir, test.name, `${test.name}.log`), test));
  const config = configFor(cases, inputs, receiver.pushUrl);
  const agent = await startCaseAgent(dir, config);
  try {
    for (const input of inputs) await input.writeRest(() => readAll(agent, inputs));
    await readAll(agent, inputs);
    const metrics = await settledMetrics(agent, cases);
    await agent.stop();
    return cases.map((test, index) => ({
      streams: streamsOf(test, receiver.requests, cases.length === 1),
      metrics: metrics[index]!,
    }));
  } finally {
    await agent.kill();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The file of one case. What comes before the first wait is in it from the start. */
class InputFile {
  readonly path: string;
  readonly #rest: CaseInput[];
  /** Two bytes in UTF-16: the corpus has one there too, and a single line, after which Promtail reads garbage. */
  readonly #newline: string;
  lines = 0;

  constructor(path: string, { input, scrape }: ConformanceCase) {
    this.path = path;
    this.#rest = [...input];
    this.#newline = scrape?.encoding === 'UTF-16LE' ? '\n\0' : '\n';
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    this.#append();
  }

  async writeRest(beforeEachWait: () => Promise<void>): Promise<void> {
    while (this.#rest.length > 0) {
      await beforeEachWait();
      await sleep((this.#rest.shift() as { wait_ms: number }).wait_ms);
      this.#append();
    }
  }

  /** Writes up to the next wait. */
  #append(): void {
    while (this.#rest.length > 0) {
      const next = this.#rest[0]!;
      if (typeof next === 'object' && 'wait_ms' in next) return;
      appendFileSync(this.path, Buffer.concat([bytesOf(next), Buffer.from(this.#newline)]));
      this.lines += 1;
      this.#rest.shift();
    }
  }
}

function configFor(cases: readonly ConformanceCase[], inputs: readonly InputFile[], url: string): object {
  const [first] = cases;
  return {
    server: { http_listen_address: '127.0.0.1', grpc_listen_address: '127.0.0.1', grpc_listen_port: 0 },
    clients: [{ url, batchwait: '100ms', external_labels: first?.external_labels ?? {}, ...first?.client }],
    limits_config: first?.limits_config ?? {},
    scrape_configs: cases.map(({ name, labels, pipeline_stages, scrape }, index) => ({
      job_name: name,
      pipeline_stages,
      static_configs: [
        { targets: ['localhost'], labels: { ...labels, case: name, __path__: inputs[index]!.path } },
      ],
      ...scrape,
    })),
  };
}

async function readAll(agent: AgentProcess, inputs: readonly InputFile[]): Promise<void> {
  const total = inputs.reduce((sum, { lines }) => sum + lines, 0);
  await agent.waitForMetric('promtail_read_lines_total', (lines) => lines >= total, { timeoutMs: 20_000 });
}

/** Lines that were read may still be on their way: asks until the metrics are as expected, or the patience is at its end. */
async function settledMetrics(
  agent: AgentProcess,
  cases: readonly ConformanceCase[],
): Promise<CaseResult['metrics'][]> {
  const isSolo = cases.length === 1;
  const expected = cases.map((test) => test.expected.metrics ?? {});
  for (let attempt = 0; ; attempt++) {
    const samples = await agent.metrics();
    const found = cases.map((test) => metricsOf(test, samples, isSolo));
    if (isDeepStrictEqual(found, expected) || attempt === 50) return found;
    await sleep(20);
  }
}
