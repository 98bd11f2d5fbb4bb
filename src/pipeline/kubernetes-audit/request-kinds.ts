/** Kubernetes' verbs, and the HTTP methods of requests that are not for a resource. Clients may send any other method. */
const verbs = new Set(
  'get list watch create update patch delete deletecollection proxy post put head options connect trace'.split(
    ' ',
  ),
);

/** The statuses that API servers and what stands behind them answer with. */
const codes = new Set(
  (
    '100 101 200 201 202 203 204 205 206 300 301 302 303 304 307 308 400 401 402 403 404 405 406 407 408 409 410 411 412 413 ' +
    '414 415 416 417 421 422 423 424 425 426 428 429 431 451 499 500 501 502 503 504 505 507 508 511'
  ).split(' '),
);

/** What stands for every value that is not told apart. */
export const other = 'other';

export function boundVerb(verb: string): string {
  return verb === '' || verbs.has(verb) ? verb : other;
}

export function boundCode(code: string): string {
  return code === '' || codes.has(code) ? code : other;
}

/** `4xx` for `403`. */
export function codeClass(code: string): string {
  return code === '' ? '' : (classes[code.charCodeAt(0) - 0x31] ?? other);
}

const classes = ['1xx', '2xx', '3xx', '4xx', '5xx'];

const longRunning = new Set(['attach', 'exec', 'log', 'portforward', 'proxy']);

/** Requests that last as long as their client likes: the time they take says nothing of the server. */
export function isLongRunning(verb: string, subresource: string): boolean {
  return verb === 'watch' || verb === 'proxy' || longRunning.has(subresource);
}

/**
 * Whether the event is the one to count of its request: the last one. A request that failed to authenticate has a ResponseStarted
 * only, and no user.
 */
export function isTerminal(stage: string, username: string): boolean {
  return (
    stage === 'ResponseComplete' || stage === 'Panic' || (stage === 'ResponseStarted' && username === '')
  );
}
