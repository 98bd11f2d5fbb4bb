import { type FakeAnswer, type FakeRequest, serve } from './fake-server.js';

export interface StoredEvent {
  readonly eventId: string;
  readonly logStreamName: string;
  readonly timestamp: number;
  readonly message: string;
}

export interface Query {
  readonly logGroupName?: string;
  readonly logGroupIdentifier?: string;
  readonly logStreamNamePrefix?: string;
  readonly filterPattern?: string;
  readonly startTime: number;
  readonly endTime?: number;
  readonly nextToken?: string;
}

/** FilterLogEvents as it is documented: sorted by time, both ends of the range in, pages with tokens, empty ones among them. */
export class FakeCloudWatch {
  readonly events: StoredEvent[] = [];
  readonly queries: Query[] = [];
  readonly requests: FakeRequest[] = [];
  pageSize = 10_000;
  /** Before each page with events comes one without. */
  hasEmptyPages = false;
  /** What is wrong with a query, if anything. */
  refuse: (query: Query, request: FakeRequest) => FakeAnswer | undefined = () => undefined;
  url = '';
  #lastId = 0;

  static async start(): Promise<FakeCloudWatch> {
    const fake = new FakeCloudWatch();
    fake.url = await serve((request) => fake.#answer(request));
    return fake;
  }

  put(timestamp: number, message: string, logStreamName = 'kube-apiserver-audit-1'): void {
    this.#lastId += 1;
    // As long as CloudWatch's.
    const eventId = String(this.#lastId).padStart(56, '0');
    this.events.push({ eventId, logStreamName, timestamp, message });
  }

  #answer(request: FakeRequest): FakeAnswer {
    this.requests.push(request);
    const query = JSON.parse(request.body) as Query;
    this.queries.push(query);
    const refused = this.refuse(query, request);
    if (refused !== undefined) return refused;
    if (request.headers['x-amz-target'] !== 'Logs_20140328.FilterLogEvents')
      return awsError('UnknownOperationException');
    const { startTime, endTime = Number.POSITIVE_INFINITY, logStreamNamePrefix = '', nextToken } = query;
    const found = this.events
      .filter(({ timestamp }) => timestamp >= startTime && timestamp <= endTime)
      .filter(({ logStreamName }) => logStreamName.startsWith(logStreamNamePrefix))
      .toSorted((a, b) => a.timestamp - b.timestamp);
    const [at, isEmpty] = nextToken === undefined ? [0, this.hasEmptyPages] : readToken(nextToken);
    const end = isEmpty ? at : at + this.pageSize;
    const token = end < found.length ? { nextToken: `${end} ${this.hasEmptyPages && !isEmpty}` } : {};
    return { status: 200, body: { events: found.slice(at, end), searchedLogStreams: [], ...token } };
  }
}

/** An error as AWS's JSON services tell it. */
export function awsError(code: string, status = 400): FakeAnswer {
  return { status, body: { __type: `com.amazonaws.logs#${code}`, message: `${code} it is` } };
}

function readToken(token: string): [at: number, isEmpty: boolean] {
  const [at, isEmpty] = token.split(' ');
  return [Number(at), isEmpty === 'true'];
}
