import { expect, it } from 'vitest';
import { type AwsCredentials, RememberedCredentials } from '../../src/aws/credentials.js';

const { signal } = new AbortController();

/** Credentials that are good for an hour, one after the other, and a clock. */
function remembered() {
  const state = { nowMs: 0, fetched: 0, fails: false };
  const source = {
    async get(): Promise<AwsCredentials> {
      if (state.fails) throw new Error('away');
      state.fetched += 1;
      return {
        accessKeyId: `key ${state.fetched}`,
        secretAccessKey: '',
        expiresAtMs: state.nowMs + 3_600_000,
      };
    },
  };
  return { state, credentials: new RememberedCredentials(source, () => state.nowMs) };
}

it('asks once for many, and anew shortly before they expire', async () => {
  const { state, credentials } = remembered();
  const all = await Promise.all([1, 2, 3].map(() => credentials.get(signal)));
  expect(all.map(({ accessKeyId }) => accessKeyId)).toEqual(['key 1', 'key 1', 'key 1']);
  state.nowMs = 54 * 60_000;
  expect((await credentials.get(signal)).accessKeyId).toBe('key 1');
  state.nowMs = 56 * 60_000;
  expect((await credentials.get(signal)).accessKeyId).toBe('key 2');
});

it('keeps to the old ones while there are no new ones, until they are over', async () => {
  const { state, credentials } = remembered();
  await credentials.get(signal);
  state.fails = true;
  state.nowMs = 59 * 60_000;
  expect((await credentials.get(signal)).accessKeyId).toBe('key 1');
  state.nowMs = 61 * 60_000;
  await expect(credentials.get(signal)).rejects.toThrow('away');
});

it('asks anew once they are refused', async () => {
  const { credentials } = remembered();
  await credentials.get(signal);
  credentials.refused();
  expect((await credentials.get(signal)).accessKeyId).toBe('key 2');
});
