import { expect, it } from 'vitest';
import { until } from '../../demo/until.js';

it('asks again until there is an answer, through errors', async () => {
  const answers = [() => undefined, () => false as const, fail, () => 'yes'];
  expect(await until(() => answers.shift()!(), { describe: () => 'it' })).toBe('yes');
});

it('gives up in time, with the reason of the last attempt', async () => {
  const error = await until(fail, { timeoutMs: 30, describe: () => 'it' }).catch((caught: Error) => caught);
  expect(error).toMatchObject({ message: 'waited 30 ms for it', cause: { message: 'no' } });
});

function fail(): string {
  throw new Error('no');
}
