import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const types: Readonly<Record<string, number>> = { A: 1, NS: 2, CNAME: 5, MX: 15, AAAA: 28, SRV: 33 };

/** A DNS server that knows what it has been told: `host.example A 10.0.0.1`, `_web._tcp.example SRV 1 2 8080 a.example`. */
export class FakeDns {
  /** The names that were asked for, in order. */
  readonly questions: string[] = [];
  /** What it answers to everything: 2 is a failure of the server. */
  failure: number | undefined;
  readonly #socket = createSocket('udp4');
  readonly #records: { name: string; type: number; data: Buffer }[] = [];

  async start(): Promise<this> {
    this.#socket.on('message', (query, from) => {
      this.#socket.send(this.#answer(query), from.port, from.address);
    });
    this.#socket.bind(0, '127.0.0.1');
    await once(this.#socket, 'listening');
    return this;
  }

  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  add(record: string): void {
    const [name, type, ...data] = record.split(' ') as [string, string, ...string[]];
    this.#records.push({ name, type: types[type]!, data: encodeData(type, data) });
  }

  clear(): void {
    this.#records.length = 0;
  }

  close(): void {
    this.#socket.close();
  }

  #answer(query: Buffer): Buffer {
    const { name, end } = readName(query, 12);
    const type = query.readUInt16BE(end);
    const question = query.subarray(12, end + 4);
    this.questions.push(name);
    const known = this.#records.filter((record) => record.name === name);
    const found = known.filter((record) => record.type === type || record.type === types.CNAME);
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    const code = this.failure ?? (known.length === 0 ? 3 : 0);
    header.writeUInt16BE(0x8180 | code, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(code === 0 ? found.length : 0, 6);
    return Buffer.concat([
      header,
      question,
      ...(code === 0 ? found.map((record) => encodeRecord(record.type, record.data)) : []),
    ]);
  }
}

/** Of the name in the question, to which a pointer leads. */
function encodeRecord(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function encodeData(type: string, data: readonly string[]): Buffer {
  switch (type) {
    case 'A':
      return Buffer.from(data[0]!.split('.').map(Number));
    case 'AAAA':
      return Buffer.from(data[0]!.replaceAll(':', ''), 'hex');
    case 'MX':
      return Buffer.concat([numbers(data[0]!), encodeName(data[1]!)]);
    case 'SRV':
      return Buffer.concat([numbers(...data.slice(0, 3)), encodeName(data[3]!)]);
    default:
      return encodeName(data[0]!);
  }
}

function numbers(...values: string[]): Buffer {
  return Buffer.concat(values.map((value) => Buffer.from([Number(value) >> 8, Number(value) & 255])));
}

function encodeName(name: string): Buffer {
  const parts = name.split('.').map((part) => Buffer.concat([Buffer.from([part.length]), Buffer.from(part)]));
  return Buffer.concat([...parts, Buffer.from([0])]);
}

function readName(message: Buffer, at: number): { name: string; end: number } {
  const parts: string[] = [];
  let length = message[at]!;
  while (length > 0) {
    parts.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
    length = message[at]!;
  }
  return { name: parts.join('.').toLowerCase(), end: at + 1 };
}
