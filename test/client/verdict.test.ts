import { expect, it } from 'vitest';
import { refusalReason } from '../../src/client/refusal.js';
import { judge, type SendPolicy } from '../../src/client/verdict.js';

const ours: SendPolicy = { givesUp: false, dropRateLimited: false, isProven: true };
const promtails: SendPolicy = { ...ours, givesUp: true };
const fresh: SendPolicy = { ...ours, isProven: false };
const tooOld = 'entry for stream \'{a="b"}\' has timestamp too old: 2020-01-01T00:00:00Z';

it.each([
  ['too many requests are tried again', 429, '', ours, 'again'],
  [
    'too many requests are dropped where the config says so',
    429,
    '',
    { ...ours, dropRateLimited: true },
    'drop',
  ],
  ['a server error is tried again', 503, '', ours, 'again'],
  ['no answer is tried again', -1, '', ours, 'again'],
  ['a missing login is tried again', 401, '', ours, 'again'],
  ['a missing login is final where retries are limited', 401, '', promtails, 'drop'],
  ['a wrong path is tried again', 404, '', ours, 'again'],
  ['a redirect is tried again', 302, '', ours, 'again'],
  ['too large a push is halved', 413, '', fresh, 'halve'],
  ['a refused entry is looked for', 400, tooOld, fresh, 'halve'],
  [
    'a refusal in unknown words is looked into once the endpoint has taken something',
    400,
    'no',
    ours,
    'halve',
  ],
  [
    'a refusal in unknown words by an endpoint that never took anything is tried again',
    400,
    '<html>',
    fresh,
    'again',
  ],
  ['but not where retries are limited', 400, '<html>', { ...fresh, givesUp: true }, 'halve'],
] as const)('%s', (_, status, error, policy, expected) => {
  const kind = status === 429 || status >= 500 || status < 0 ? 'retry' : 'refused';
  expect(judge({ kind, status, error, reason: refusalReason(error) }, policy).kind).toBe(expected);
});
