/** A line as Loki has it. */
export interface StoredEntry {
  /** Nanoseconds since 1970. */
  readonly time: string;
  readonly line: string;
  readonly labels: Readonly<Record<string, string>>;
  /** False where an old Loki has mixed the entry's metadata into its labels. */
  readonly hasOwnLabels: boolean;
}

/** What Loki says to a question. */
export type Answer = { readonly kind: 'entries'; readonly entries: StoredEntry[] } | TooMuch;

/** It does not answer questions of this size: what to ask for less of. `maxLimit`: how many lines it gives, where it says so. */
export interface TooMuch {
  readonly kind: 'too-much';
  readonly of: 'time' | 'lines';
  readonly message: string;
  readonly maxLimit: number | undefined;
}

/** It does not answer. */
export interface Failed {
  readonly kind: 'failed';
  readonly message: string;
  /** It will not be otherwise the next time. */
  readonly isFinal: boolean;
  readonly afterMs: number | undefined;
}

interface QueryRangeAnswer {
  readonly status?: string;
  readonly data?: {
    readonly resultType?: string;
    readonly encodingFlags?: readonly string[];
    readonly result?: readonly {
      readonly stream: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [time: string, line: string])[];
    }[];
  };
}

/** Reads what Loki says to a range query for lines. */
export function readAnswer(text: string): Answer | Failed {
  const data = parse(text)?.data;
  if (data?.resultType !== 'streams' || data.result === undefined) {
    const message = `not the answer of a Loki: ${text.slice(0, 200)}`;
    return { kind: 'failed', message, isFinal: true, afterMs: undefined };
  }
  const hasOwnLabels = data.encodingFlags?.includes('categorize-labels') === true;
  const entries = data.result.flatMap(({ stream: labels, values }) =>
    values.map(([time, line]) => ({ time, line, labels, hasOwnLabels })),
  );
  return { kind: 'entries', entries };
}

function parse(text: string): QueryRangeAnswer | undefined {
  try {
    return JSON.parse(text) as QueryRangeAnswer;
  } catch {
    return undefined;
  }
}
