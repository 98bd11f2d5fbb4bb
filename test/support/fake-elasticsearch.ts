import { type FakeAnswer, type FakeRequest, serve } from './fake-server.js';

export interface Document {
  readonly '@timestamp': string;
  readonly message?: string;
  readonly labels: Record<string, string>;
  readonly metadata: Record<string, string>;
  readonly [field: string]: unknown;
}

interface ItemError {
  readonly status: number;
  readonly type: string;
  readonly reason: string;
}

/** The bulk API as it is documented: documents by index and id, one result a document, `filter_path`. */
export class FakeElasticsearch {
  readonly requests: FakeRequest[] = [];
  /** By index, then by id. */
  readonly indices = new Map<string, Map<string, Document>>();
  /** What is wrong with a request as a whole, if anything. */
  refuseRequest: (request: FakeRequest) => FakeAnswer | undefined | Promise<undefined> = () => undefined;
  /** What is wrong with a document, if anything. */
  refuseDocument: (document: Document, index: string) => ItemError | undefined = () => undefined;
  /** Whether the answer to this request, which is carried out, does not arrive. */
  losesAnswer: (request: FakeRequest) => boolean = () => false;
  url = '';

  static async start(): Promise<FakeElasticsearch> {
    const fake = new FakeElasticsearch();
    fake.url = await serve((request) => fake.#answer(request));
    return fake;
  }

  documents(index?: string): Document[] {
    const indices = index === undefined ? [...this.indices.values()] : [this.indices.get(index) ?? new Map()];
    return indices.flatMap((documents) => [...documents.values()]);
  }

  async #answer(request: FakeRequest): Promise<FakeAnswer> {
    this.requests.push(request);
    const refused = await this.refuseRequest(request);
    if (refused !== undefined) return refused;
    const { method, url, headers, body } = request;
    if (method !== 'POST' || !url.pathname.endsWith('/_bulk')) return { status: 405 };
    if (headers['content-type'] !== 'application/x-ndjson')
      return { status: 406, body: { error: 'Content-Type header is not supported' } };
    if (!body.endsWith('\n')) return malformed('The bulk request must be terminated by a newline [\\n]');

    const lines = body.slice(0, -1).split('\n');
    const items = [];
    for (let at = 0; at < lines.length; at += 2) {
      const { create } = JSON.parse(lines[at]!) as { create: { _index: string; _id: string } };
      items.push({ create: this.#create(create._index, create._id, JSON.parse(lines[at + 1]!)) });
    }
    const errors = items.some(({ create }) => create.status >= 300);
    const isFiltered = url.searchParams.get('filter_path')?.startsWith('errors,items.*.status');
    const isLost = this.losesAnswer(request);
    return { status: 200, isLost, body: { ...(isFiltered ? {} : { took: 3 }), errors, items } };
  }

  #create(index: string, id: string, document: Document): { status: number; error?: object } {
    const problem = this.refuseDocument(document, index);
    if (problem !== undefined) {
      const { status, type, reason } = problem;
      return { status, error: { type, reason } };
    }
    const documents = this.indices.get(index) ?? new Map<string, Document>();
    this.indices.set(index, documents);
    if (documents.has(id)) {
      const reason = `[${id}]: version conflict, document already exists (current version [1])`;
      return { status: 409, error: { type: 'version_conflict_engine_exception', reason } };
    }
    documents.set(id, document);
    return { status: 201 };
  }
}

function malformed(reason: string): FakeAnswer {
  return { status: 400, body: { error: { type: 'illegal_argument_exception', reason }, status: 400 } };
}
