import { expect, it, onTestFinished } from 'vitest';
import { AuditEvents } from '../../demo/audit/audit-events.js';
import { isClean, Ledger, verdict } from '../../demo/ledger.js';
import { LokiReceiver } from '../../demo/loki/receiver.js';

it('says what of the written lines arrived, once, twice, never or changed', async () => {
  const receiver = await LokiReceiver.start();
  onTestFinished(() => receiver.stop());
  const ledger = new Ledger();
  const events = new AuditEvents({ startMs: Date.parse('2026-03-02T08:00:00Z') });
  const [a, b, c, d] = [events.next(), events.next(), events.next(), events.next()];
  for (const line of [a, b, c, d]) ledger.wrote(line!);

  // The second copy of `a` is one for Loki, that of `b` is one by its line only.
  await push(receiver, [
    ['1', a!],
    ['1', a!],
    ['1', b!],
    ['2', b!],
    ['1', c!.replace('"verb"', '"merb"')],
  ]);
  const balance = ledger.balance(receiver);
  expect(verdict(balance)).toBe('written 4, received 2, lost 2, duplicated 2, foreign 1');
  expect(isClean(balance)).toBe(false);

  const clean = { ...balance, received: 4, lost: 0, duplicated: 0, foreign: 0 };
  expect(verdict(clean)).toBe('written 4, received 4, lost 0, duplicated 0');
  expect(isClean(clean)).toBe(true);
});

async function push(receiver: LokiReceiver, values: [time: string, line: string][]): Promise<void> {
  const body = JSON.stringify({ streams: [{ stream: { job: 'x' }, values }] });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(receiver.pushUrl, { method: 'POST', headers, body });
  expect(response.status).toBe(204);
}
