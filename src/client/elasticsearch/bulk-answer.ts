import type { Answer } from '../protocol.js';
import type { Failure, PushOutcome, Refused } from '../push-outcome.js';

interface BulkAnswer {
  readonly errors: boolean;
  readonly items: readonly Record<string, ItemResult>[];
}

interface ItemResult {
  readonly status: number;
  readonly error?: { readonly type?: string; readonly reason?: string };
}

/** What became of each document, by the answer to a bulk request; undefined when its status says it all. */
export function readBulkAnswer({ status, text, entryCount, afterMs }: Answer): PushOutcome | undefined {
  if (status < 200 || status >= 300) return undefined;
  const answer = parse(text);
  if (answer === undefined || (answer.errors && answer.items.length !== entryCount)) {
    const start = JSON.stringify(text.slice(0, 200));
    return { kind: 'retry', status, error: `this is not the answer of a bulk API: ${start}`, afterMs };
  }
  if (!answer.errors) return { kind: 'sent', status };

  const refused: Refused[] = [];
  const again: number[] = [];
  const failures: Failure[] = [];
  for (const [place, item] of answer.items.entries()) {
    const result = Object.values(item)[0]!;
    const failure = failureOf(result, afterMs);
    if (failure === undefined) continue;
    if (failure.reason !== undefined) refused.push({ place, failure });
    else {
      again.push(place);
      failures.push(failure);
    }
  }
  if (refused.length + again.length === 0) return { kind: 'sent', status };
  // Too many requests are the least of what may be wrong: that alone may be let go of by the config.
  const failure = failures.find((each) => each.status !== 429) ?? failures[0];
  const taken = entryCount - refused.length - again.length;
  return { kind: 'partly', status, taken, refused, again, failure };
}

/** It is there already: this very document, as its id is made of what is in it. */
const conflict = 409;

/** Undefined when the document is in the index. With a reason when it never will be. */
function failureOf({ status, error }: ItemResult, afterMs: number | undefined): Failure | undefined {
  if ((status >= 200 && status < 300) || status === conflict) return undefined;
  const type = error?.type ?? 'unknown';
  const why = error?.reason ?? '';
  const text = `a document is refused with status ${status} ${type}: ${why.slice(0, 1024)}`;
  if (status === 429 || status >= 500) return { kind: 'retry', status, error: text, afterMs };
  const isRefused = status === 400 && !isAboutSettings(type, why);
  return { kind: 'refused', status, error: text, reason: isRefused ? type : undefined };
}

/** Answers of status 400 that are no fault of the document: an index, alias, pipeline or cluster that can be mended. */
function isAboutSettings(type: string, reason: string): boolean {
  return (
    /^(index_closed_exception|invalid_index_name_exception|validation_exception)$/.test(type) ||
    /pipeline with id|no write index is defined/.test(reason)
  );
}

function parse(text: string): BulkAnswer | undefined {
  try {
    const answer = JSON.parse(text) as Partial<BulkAnswer> | null;
    if (typeof answer?.errors !== 'boolean') return undefined;
    const { errors, items = [] } = answer;
    return items.every(isItem) ? { errors, items } : undefined;
  } catch {
    return undefined;
  }
}

function isItem(item: unknown): boolean {
  const [result] = Object.values((item ?? {}) as Record<string, Partial<ItemResult> | null>);
  return typeof result?.status === 'number';
}
