import type { Answer } from '../protocol.js';
import type { PushOutcome } from '../push-outcome.js';

interface CollectorAnswer {
  readonly text?: string;
  readonly code?: number;
  readonly ackId?: number;
  readonly 'invalid-event-number'?: number;
}

export interface AnswerPolicy {
  /** Accepted is what the indexer has acknowledged later. */
  readonly useAck: boolean;
  /** All events go to one index, so that the wrong one is a mistake in the config. */
  readonly isIndexFixed: boolean;
}

const incorrectIndex = 7;
/** A channel is missing or invalid, or acknowledgement is off for this token: mistakes in the config. */
const channelCodes = [10, 11, 14];

/** What an answer of the collector says; undefined when its status says it all. */
export function readCollectorAnswer(
  { status, text, entryCount, afterMs }: Answer,
  { useAck, isIndexFixed }: AnswerPolicy,
): PushOutcome | undefined {
  const answer = parse(text);
  if (status >= 200 && status < 300) return readAccepted(answer, useAck, { status, text });
  if (status !== 400 || answer === undefined) return undefined;

  const { code = 0, text: words = '', 'invalid-event-number': place = -1 } = answer;
  const error = `the collector refuses: ${words} (code ${code})`;
  if (channelCodes.includes(code) || (code === incorrectIndex && isIndexFixed))
    return { kind: 'retry', status, error, afterMs };
  if (place < 0 || place >= entryCount) return undefined;
  // Whether it has kept those before the first that is wrong is not documented. Two of one are better than none.
  const again = Array.from({ length: entryCount }, (_, other) => other).filter((other) => other !== place);
  const reason = reasons[code] ?? 'ingester_error';
  const failure = { kind: 'refused', status, error, reason } as const;
  return { kind: 'partly', status, taken: 0, refused: [{ place, failure }], again, failure: undefined };
}

/** As the metrics count entries that are refused with these codes. */
const reasons: Readonly<Record<number, string>> = {
  6: 'invalid_data_format',
  7: 'incorrect_index',
  12: 'event_required',
  13: 'event_blank',
  15: 'indexed_fields',
};

function readAccepted(
  answer: CollectorAnswer | undefined,
  useAck: boolean,
  { status, text }: { readonly status: number; readonly text: string },
): PushOutcome {
  if (answer === undefined) {
    const start = JSON.stringify(text.slice(0, 200));
    return { kind: 'retry', status, error: `this is not the answer of an event collector: ${start}` };
  }
  if (!useAck) return { kind: 'sent', status };
  if (answer.ackId !== undefined) return { kind: 'sent', status, receipt: answer.ackId };
  const error = 'the collector gives no ackId: indexer acknowledgement is off for this token';
  return { kind: 'retry', status, error };
}

function parse(text: string): CollectorAnswer | undefined {
  try {
    const answer = JSON.parse(text) as unknown;
    return typeof answer === 'object' && answer !== null ? answer : undefined;
  } catch {
    return undefined;
  }
}
