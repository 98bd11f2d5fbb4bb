import { expect, it, onTestFinished } from 'vitest';
import { LokiReceiver, type ReceiverOptions } from '../../demo/loki/receiver.js';
import { Source, startClient } from './client-under-test.js';

async function startReceiver(options: ReceiverOptions = {}): Promise<LokiReceiver> {
  const receiver = await LokiReceiver.start(options);
  onTestFinished(() => receiver.stop());
  return receiver;
}

it('pushes entries and settles them once they are accepted', async () => {
  const loki = await startReceiver();
  const { client, metric } = await startClient({ url: loki.pushUrl });
  const source = new Source();
  client.push(source.entries('a', 'b'));
  expect(await loki.lines(2)).toEqual(['a', 'b']);
  await source.settles(2);
  expect(await metric('promtail_sent_entries_total')).toBe(2);
});
