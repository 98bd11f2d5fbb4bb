import { type FakeAnswer, type FakeRequest, serve } from './fake-server.js';

export interface CollectedEvent {
  readonly time: number;
  readonly event: unknown;
  readonly fields?: Record<string, string>;
  readonly host?: string;
  readonly source?: string;
  readonly sourcetype?: string;
  readonly index?: string;
}

export const token = '12345678-1234-1234-1234-1234567890ab';

/** The HTTP Event Collector as it is documented: tokens, codes, channels and acknowledgements. */
export class FakeSplunk {
  /** Pushes, without the questions for acknowledgements. */
  readonly requests: FakeRequest[] = [];
  readonly questions: FakeRequest[] = [];
  readonly events: CollectedEvent[] = [];
  /** The token has indexer acknowledgement on. */
  useAck = false;
  /** Whether the indexer has this push by now. */
  isIndexed: (ackId: number) => boolean = () => true;
  refuseRequest: (request: FakeRequest) => FakeAnswer | undefined = () => undefined;
  /** The code for an event that is wrong. */
  refuseEvent: (event: CollectedEvent) => { code: number; text: string } | undefined = () => undefined;
  url = '';
  #ackId = 0;

  static async start(): Promise<FakeSplunk> {
    const fake = new FakeSplunk();
    fake.url = await serve((request) => fake.#answer(request));
    return fake;
  }

  #answer(request: FakeRequest): FakeAnswer {
    const { url, headers } = request;
    if (headers.authorization === undefined)
      return { status: 401, body: { text: 'Token is required', code: 2 } };
    if (headers.authorization !== `Splunk ${token}`)
      return { status: 403, body: { text: 'Invalid token', code: 4 } };
    if (url.pathname === '/services/collector/ack') return this.#acknowledge(request);
    this.requests.push(request);
    const refused = this.refuseRequest(request);
    if (refused !== undefined) return refused;
    if (url.pathname !== '/services/collector/event')
      return { status: 404, body: { text: 'The requested URL was not found on this server.', code: 404 } };
    if (this.useAck && headers['x-splunk-request-channel'] === undefined)
      return { status: 400, body: { text: 'Data channel is missing', code: 10 } };
    return this.#collect(request.body);
  }

  #collect(body: string): FakeAnswer {
    const events = body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as CollectedEvent);
    for (const [index, event] of events.entries()) {
      const isBlank = event.event === '';
      const wrong = isBlank ? { code: 13, text: 'Event field cannot be blank' } : this.refuseEvent(event);
      if (wrong !== undefined) return { status: 400, body: { ...wrong, 'invalid-event-number': index } };
    }
    this.events.push(...events);
    const ack = this.useAck ? { ackId: this.#ackId++ } : {};
    return { status: 200, body: { text: 'Success', code: 0, ...ack } };
  }

  #acknowledge(request: FakeRequest): FakeAnswer {
    this.questions.push(request);
    const channel = request.url.searchParams.get('channel');
    if (!this.requests.some(({ headers }) => headers['x-splunk-request-channel'] === channel))
      return { status: 400, body: { text: 'Invalid data channel', code: 11 } };
    const { acks } = JSON.parse(request.body) as { acks: number[] };
    return { status: 200, body: { acks: Object.fromEntries(acks.map((id) => [id, this.isIndexed(id)])) } };
  }
}
