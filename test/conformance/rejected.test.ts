import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tempDir } from '../support/temp-dir.js';
import { type ConformanceCase, readCases } from './case.js';
import { startCaseAgent } from './case-agent.js';
import { differences } from './differences.js';

/** What kills Promtail at its first line is refused here when it can be seen in the config. */
const rejected = [
  ...readCases('rejected'),
  ...readCases('crashes').filter(({ name }) => !differences.has(name)),
];

/** So many agents start at a time. */
const width = 4;

it('refuses to start with what Promtail refuses', { timeout: 180_000 }, async () => {
  const dir = tempDir();
  const left = [...rejected];
  const wrong: string[] = [];
  const worker = async () => {
    for (let test = left.pop(); test !== undefined; test = left.pop()) {
      const end = await endOf(test, join(dir, test.name));
      if (end !== 1) wrong.push(`${test.name}: ${end}`);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  expect(wrong).toEqual([]);
});

/** The code that the agent ends with, or that it does not end. */
async function endOf(test: ConformanceCase, dir: string): Promise<number | string | null> {
  mkdirSync(dir);
  const agent = await startCaseAgent(dir, {
    server: { http_listen_address: '127.0.0.1', grpc_listen_address: '127.0.0.1', grpc_listen_port: 0 },
    clients: [{ url: 'http://127.0.0.1:9/loki/api/v1/push' }],
    scrape_configs: [
      {
        job_name: test.name,
        pipeline_stages: test.pipeline_stages,
        static_configs: [{ targets: ['localhost'], labels: { __path__: join(dir, '*.log') } }],
      },
    ],
  });
  try {
    const started = agent.ready({ timeoutMs: 20_000 }).then(() => 'it runs');
    const ended = agent.ended().then(({ code }) => code);
    // A wait for /ready fails when the process ends; then its end is the answer.
    return await Promise.race([started.catch(() => ended), ended]);
  } finally {
    await agent.kill();
  }
}
