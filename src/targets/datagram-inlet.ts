import type { Buffer } from 'node:buffer';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Entry } from '../entry/entry.js';
import type { Intake } from '../entry/intake.js';
import { sharedCounter } from '../metrics/shared-metrics.js';
import { kernelDrops } from './kernel-drops.js';
import { type ListenAddress, peerAddress } from './listen-address.js';
import type { TargetDeps } from './target.js';

/** What may wait in memory, while the pipeline has no room. Senders of datagrams cannot be told to wait. */
const maxWaitingBytes = 16 * 1024 * 1024;
/** What an entry takes besides its line. */
const entryBytes = 200;
/** How often the kernel is asked what it has dropped. */
const askKernelMs = 5000;
/** Who stops reads what the kernel holds already. */
const drainedMs = 50;
const maxDrainMs = 1000;
/** The kernel gives what it allows. */
const receiveBufferBytes = 4 * 1024 * 1024;

/** The entries of one datagram. A promise holds up the sender's next ones, so that order is kept. */
export type ReadDatagram = (bytes: Buffer, address: string) => Entry[] | Promise<Entry[]>;

/** Receives datagrams and hands on the entries in them; what comes when too much waits already is dropped and counted. */
export class DatagramInlet {
  readonly #address: ListenAddress;
  readonly #read: ReadDatagram;
  readonly #intake: Intake;
  readonly #countDropped: (by: 'agent' | 'kernel', datagrams: number) => void;
  readonly #deps: TargetDeps;
  #socket: Socket | undefined;
  #waiting: Entry[] = [];
  #waitingBytes = 0;
  #isPushing = false;
  #hasTold = false;
  /** Resolved when nothing waits any more. */
  #idle: PromiseWithResolvers<void> | undefined;
  /** Datagrams that are being read, those of each sender one after the other. */
  readonly #reading = new Map<string, Promise<void>>();
  #unreadBytes = 0;
  #received = 0;
  #timer: NodeJS.Timeout | undefined;
  #kernelDrops = 0;

  constructor(address: ListenAddress, read: ReadDatagram, intake: Intake, deps: TargetDeps) {
    this.#address = address;
    this.#read = read;
    this.#intake = intake;
    this.#deps = deps;
    const dropped = sharedCounter(deps.registry, {
      name: 'auditail_dropped_datagrams_total',
      help: 'Datagrams that were dropped, by the agent as too much was waiting to be sent, or by the kernel as they came too fast.',
      labelNames: ['job', 'by'],
    });
    const job = deps.jobName;
    this.#countDropped = (by, datagrams) => dropped.inc({ job, by }, datagrams);
    this.#countDropped('agent', 0);
  }

  get port(): number {
    return this.#socket?.address().port ?? 0;
  }

  async open(): Promise<void> {
    const { host, port } = this.#address;
    this.#socket = await bind(host, port);
    this.#socket.on('message', (bytes, sender) => this.#receive(bytes, sender));
    this.#socket.on('error', (error) => this.#deps.log.error({ err: error }, 'cannot receive datagrams'));
    this.#timer = setInterval(() => void this.#askKernel(), askKernelMs);
  }

  /** Hands on what has come so far, and takes no more. */
  async close(): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined) return;
    clearInterval(this.#timer);
    await this.#drain();
    await this.#askKernel();
    await new Promise<void>((resolve) => socket.close(resolve));
    await Promise.all(this.#reading.values());
    if (!this.#isPushing) return;
    this.#idle = Promise.withResolvers();
    await this.#idle.promise;
  }

  #receive(bytes: Buffer, sender: RemoteInfo): void {
    if (this.#waitingBytes + this.#unreadBytes > maxWaitingBytes) {
      this.#drop();
      return;
    }
    this.#received += 1;
    const address = peerAddress(sender.address);
    const read = () => this.#read(bytes, address);
    const before = this.#reading.get(address);
    const entries = before === undefined ? read() : before.then(read);
    if (!(entries instanceof Promise)) {
      this.#add(entries);
      return;
    }
    this.#unreadBytes += bytes.length;
    const reading = entries
      .then((late) => this.#add(late))
      .catch((error: unknown) => this.#deps.log.error({ err: error }, 'cannot read a datagram'))
      .finally(() => {
        this.#unreadBytes -= bytes.length;
        if (this.#reading.get(address) === reading) this.#reading.delete(address);
      });
    this.#reading.set(address, reading);
  }

  #add(entries: Entry[]): void {
    this.#waiting.push(...entries);
    for (const { line } of entries) this.#waitingBytes += line.byteLength + entryBytes;
    if (!this.#isPushing && this.#waiting.length > 0) {
      this.#isPushing = true;
      // One push for all that the socket has at the moment.
      setImmediate(() => void this.#pushAll());
    }
  }

  async #pushAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const entries = this.#waiting;
      this.#waiting = [];
      const bytes = this.#waitingBytes;
      try {
        await this.#intake.push(entries);
      } catch (error) {
        this.#deps.log.error({ err: error }, 'cannot hand on what was received');
      }
      this.#waitingBytes -= bytes;
    }
    this.#isPushing = false;
    this.#hasTold = false;
    this.#idle?.resolve();
  }

  /** Until nothing has come for a moment. */
  async #drain(): Promise<void> {
    const end = this.#deps.now() + maxDrainMs;
    for (let before = -1; before !== this.#received && this.#deps.now() < end; ) {
      before = this.#received;
      await new Promise((resolve) => setTimeout(resolve, drainedMs));
    }
  }

  async #askKernel(): Promise<void> {
    const drops = await kernelDrops(this.port);
    if (drops === undefined || drops <= this.#kernelDrops) return;
    this.#countDropped('kernel', drops - this.#kernelDrops);
    this.#kernelDrops = drops;
  }

  #drop(): void {
    this.#countDropped('agent', 1);
    if (this.#hasTold) return;
    this.#hasTold = true;
    this.#deps.log.warn(
      'dropping datagrams, as too much waits to be sent; told once, until there is room again',
    );
  }
}

/** On all addresses where none is given: those of IPv6 too, where the machine has it. */
async function bind(host: string, port: number): Promise<Socket> {
  if (host !== '') return bindTo(isIPv6(host) ? 'udp6' : 'udp4', host, port);
  try {
    return await bindTo('udp6', '::', port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAFNOSUPPORT') throw error;
    return bindTo('udp4', '0.0.0.0', port);
  }
}

function bindTo(type: 'udp4' | 'udp6', address: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type });
    socket.once('error', reject);
    socket.bind({ address, port }, () => {
      socket.off('error', reject);
      try {
        socket.setRecvBufferSize(receiveBufferBytes);
      } catch {
        // Then it stays as it is.
      }
      resolve(socket);
    });
  });
}
