import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { freePort } from '../../../demo/free-port.js';
import { Outbox, type Source } from './source.js';

const message = (line: string) => `<134>1 2026-03-02T08:15:04Z host audit - - - ${line}`;
const labels = { job: 'audit', instance: 'a' };

/** Syslog over TCP: nobody says what was taken, so it sends to a connection as long as that stands. */
class SyslogStream implements Source {
  readonly job: object;
  readonly #port: number;
  readonly #outbox = new Outbox((lines) => this.#send(lines));
  #socket: Socket | undefined;

  constructor(port: number) {
    this.#port = port;
    const listen_address = `127.0.0.1:${port}`;
    this.job = { syslog: { listen_address, max_message_length: 65_536, labels } };
  }

  write(data: string): void {
    this.#outbox.add(data);
  }

  /** Ends in good order, and what was sent arrives; then it connects anew. */
  async restart(): Promise<void> {
    await this.#outbox.interrupt();
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket !== undefined && !socket.destroyed) await once(socket.end(), 'close');
    this.#outbox.resume();
  }

  async close(): Promise<void> {
    await this.#outbox.interrupt();
    this.#socket?.destroy();
  }

  async #send(lines: readonly string[]): Promise<boolean> {
    const socket = this.#socket ?? (await this.#connect());
    const frames = lines.map(message).map((text) => `${Buffer.byteLength(text)} ${text}`);
    return new Promise((resolve) => socket.write(frames.join(''), (error) => resolve(error == null)));
  }

  async #connect(): Promise<Socket> {
    const socket = connect(this.#port, '127.0.0.1');
    await once(socket, 'connect');
    // The other end is gone: the next lines go to a new connection.
    socket
      .on('error', () => {})
      .on('close', () => {
        if (this.#socket === socket) this.#socket = undefined;
      });
    socket.resume();
    this.#socket = socket;
    return socket;
  }
}

/** Datagrams: they are sent, and that is all. */
class Datagrams implements Source {
  readonly job: object;
  readonly stages: readonly object[];
  readonly #encode: (line: string) => string;
  readonly #port: number;
  readonly #outbox = new Outbox((lines) => this.#send(lines), 20);
  #socket = createSocket('udp4');

  constructor(port: number, job: object, encode: (line: string) => string, stages: readonly object[] = []) {
    this.#port = port;
    this.job = job;
    this.#encode = encode;
    this.stages = stages;
  }

  write(data: string): void {
    this.#outbox.add(data);
  }

  async restart(): Promise<void> {
    await this.#outbox.interrupt();
    this.#socket.close();
    this.#socket = createSocket('udp4');
    this.#outbox.resume();
  }

  async close(): Promise<void> {
    await this.#outbox.interrupt();
    this.#socket.close();
  }

  async #send(lines: readonly string[]): Promise<boolean> {
    for (const line of lines)
      await new Promise((resolve) => this.#socket.send(this.#encode(line), this.#port, '127.0.0.1', resolve));
    return true;
  }
}

export async function openSyslogTcp(): Promise<Source> {
  return new SyslogStream(await freePort());
}

export async function openSyslogUdp(): Promise<Source> {
  const port = await freePort();
  const listen = { listen_address: `127.0.0.1:${port}`, listen_protocol: 'udp' };
  return new Datagrams(port, { syslog: { ...listen, max_message_length: 65_536, labels } }, message);
}

export async function openGelf(): Promise<Source> {
  const port = await freePort();
  const encode = (line: string) => JSON.stringify({ version: '1.1', host: 'h', short_message: line });
  const stages = [{ json: { expressions: { written: 'short_message' } } }, { output: { source: 'written' } }];
  return new Datagrams(port, { gelf: { listen_address: `127.0.0.1:${port}`, labels } }, encode, stages);
}
