import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { until } from '../../demo/until.js';
import { startAgent } from '../support/agent-process.js';
import { FakeElasticsearch } from '../support/fake-elasticsearch.js';
import { FakeSplunk, token } from '../support/fake-splunk.js';
import { tempDir } from '../support/temp-dir.js';

const start = Date.UTC(2026, 0, 1);

/** Lines with a time of their own, without which a line that is read again is another entry. */
function writeLines(file: string, from: number, count: number): void {
  const lines = Array.from({ length: count }, (_, index) => {
    const time = new Date(start + (from + index) * 1000).toISOString();
    return `{"time":"${time}","n":${from + index}}\n`;
  });
  appendFileSync(file, lines.join(''));
}

function configOf(log: string, client: object): object {
  const quick = {
    batchsize: 2000,
    batchwait: '20ms',
    backoff_config: { min_period: '10ms', max_period: '50ms' },
  };
  return {
    clients: [{ ...quick, ...client }],
    scrape_configs: [
      {
        job_name: 'log',
        static_configs: [{ labels: { job: 'log', __path__: log } }],
        pipeline_stages: [
          { json: { expressions: { time: '' } } },
          { timestamp: { source: 'time', format: 'RFC3339Nano' } },
        ],
      },
    ],
  };
}

it('has every line in Elasticsearch, and once, after kills and answers that were lost', {
  timeout: 60_000,
}, async () => {
  const elasticsearch = await FakeElasticsearch.start();
  let documents = 0;
  const busy = { status: 429, type: 'es_rejected_execution_exception', reason: 'full' };
  elasticsearch.refuseDocument = () => (++documents % 7 === 0 ? busy : undefined);
  elasticsearch.losesAnswer = () => elasticsearch.requests.length % 5 === 0;
  const dir = tempDir();
  const log = join(dir, 'a.log');
  writeLines(log, 0, 500);
  const client = { type: 'elasticsearch', url: elasticsearch.url, index: 'log-%Y.%m.%d' };
  const agent = await startAgent(configOf(log, client), { dir });
  for (let kills = 1; kills <= 3; kills++) {
    const before = elasticsearch.documents().length;
    const more = () => elasticsearch.documents().length > before;
    await until(more, { describe: () => `more than ${before} documents` });
    await agent.kill();
    writeLines(log, 500 * kills, 500);
    agent.restart();
  }
  const found = () => elasticsearch.documents().map(({ message }) => JSON.parse(message!).n as number);
  await until(() => found().length >= 2000, {
    timeoutMs: 30_000,
    describe: () => `2000, not ${found().length}`,
  });
  expect(await agent.stop()).toMatchObject({ code: 0 });
  expect(found().sort((a, b) => a - b)).toEqual(Array.from({ length: 2000 }, (_, index) => index));
});

it('loses no line to Splunk when what is acknowledged late is killed', { timeout: 60_000 }, async () => {
  const splunk = await FakeSplunk.start();
  splunk.useAck = true;
  splunk.isIndexed = () => splunk.questions.length % 2 === 0;
  const dir = tempDir();
  const log = join(dir, 'a.log');
  writeLines(log, 0, 100);
  const client = { type: 'splunk_hec', url: splunk.url, token, use_ack: true };
  const agent = await startAgent(configOf(log, client), { dir });
  await until(() => splunk.events.length > 0, { describe: () => 'events' });
  await agent.kill();
  writeLines(log, 100, 100);
  agent.restart();
  const found = () => new Set(splunk.events.map(({ event }) => JSON.parse(event as string).n as number));
  await until(() => found().size === 200, { timeoutMs: 30_000, describe: () => `200, not ${found().size}` });
});
