import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from '../../demo/free-port.js';
import { LokiReceiver } from '../../demo/loki/receiver.js';
import { startAgent } from '../support/agent-process.js';
import { tempDir } from '../support/temp-dir.js';

// What only some configs need is in files beside the bundle: the built agent has to find all of it there.

const client = (url: string) => [{ url, batchwait: '50ms' }];

it('reads files packed with bzip2, and names found by file discovery', async () => {
  await using receiver = await LokiReceiver.start();
  const dir = tempDir();
  cpSync('test/targets/file/fixtures/lines.bz2', join(dir, 'lines.bz2'));
  const groups = [{ targets: ['localhost'], labels: { job: 'packed', __path__: join(dir, '*.bz2') } }];
  writeFileSync(join(dir, 'found.json'), JSON.stringify(groups));
  await startAgent({
    clients: client(receiver.pushUrl),
    scrape_configs: [
      {
        job_name: 'packed',
        decompression: { enabled: true, format: 'bz2' },
        file_sd_configs: [{ files: [join(dir, 'found.json')] }],
      },
    ],
  });
  expect((await receiver.lines(3)).length).toBeGreaterThanOrEqual(3);
});

it('asks JMESPath for what is more than a path', async () => {
  await using receiver = await LokiReceiver.start();
  const dir = tempDir();
  writeFileSync(join(dir, 'a.log'), '{"list":[{"a":1},{"a":2}]}\n');
  await startAgent({
    clients: client(receiver.pushUrl),
    scrape_configs: [
      {
        job_name: 'json',
        static_configs: [{ labels: { job: 'json', __path__: join(dir, 'a.log') } }],
        pipeline_stages: [
          { json: { expressions: { sum: 'sum(list[*].a)' } } },
          { labels: { sum: '' } },
          { labeldrop: ['filename'] },
        ],
      },
    ],
  });
  await receiver.lines(1);
  expect(receiver.streams().map(({ labels }) => labels)).toEqual([{ job: 'json', sum: '3' }]);
});

it('asks for the brokers of Kafka', async () => {
  const port = await freePort();
  const agent = await startAgent({
    clients: client('http://127.0.0.1:9/'),
    scrape_configs: [
      { job_name: 'kafka', kafka: { brokers: [`127.0.0.1:${port}`], topics: ['a'], group_id: 'g' } },
    ],
  });
  expect(await agent.ended()).toMatchObject({ code: 1 });
  expect(agent.log.join('\n')).toContain(`connect ECONNREFUSED 127.0.0.1:${port}`);
});
