import type { JsonService } from '../../aws/json-service.js';

/** An event as CloudWatch Logs has it. */
export interface LogEvent {
  readonly id: string;
  readonly stream: string;
  /** Milliseconds since 1970, as its sender said. */
  readonly timestampMs: number;
  readonly message: string;
}

export interface EventPage {
  readonly events: readonly LogEvent[];
  /** With this the next page is asked for; undefined: there is none. */
  readonly nextToken: string | undefined;
}

/** The events of a group to ask for: `startMs` is in, `endMs` is not, undefined is no end. */
export interface EventRange {
  readonly startMs: number;
  readonly endMs: number | undefined;
}

export interface EventFilter {
  /** A name, or an ARN for the group of another account. */
  readonly group: string;
  readonly streamPrefix: string;
  readonly pattern: string;
}

/** The events of one log group, page by page. */
export class LogEvents {
  readonly #service: JsonService;
  readonly #filter: EventFilter;

  constructor(service: JsonService, filter: EventFilter) {
    this.#service = service;
    this.#filter = filter;
  }

  /** A page may be empty, and another follow it. */
  async page(
    { startMs, endMs }: EventRange,
    nextToken: string | undefined,
    signal: AbortSignal,
  ): Promise<EventPage> {
    const { group, streamPrefix, pattern } = this.#filter;
    const parameters = {
      ...(group.startsWith('arn:') ? { logGroupIdentifier: group } : { logGroupName: group }),
      ...(streamPrefix !== '' && { logStreamNamePrefix: streamPrefix }),
      ...(pattern !== '' && { filterPattern: pattern }),
      startTime: startMs,
      // CloudWatch counts the end in.
      ...(endMs !== undefined && { endTime: endMs - 1 }),
      nextToken,
    };
    const answer = (await this.#service.call('FilterLogEvents', parameters, signal)) as Answer;
    const events = (answer.events ?? []).map(({ eventId, logStreamName, timestamp, message }) => ({
      id: eventId,
      stream: logStreamName,
      timestampMs: timestamp,
      message,
    }));
    return { events, nextToken: answer.nextToken };
  }
}

interface Answer {
  readonly events?: readonly {
    readonly eventId: string;
    readonly logStreamName: string;
    readonly timestamp: number;
    readonly message: string;
  }[];
  readonly nextToken?: string;
}
