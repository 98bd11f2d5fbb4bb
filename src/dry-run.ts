import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { anyClient } from './client/any-client.js';
import type { ClientOptions } from './client/kinds.js';
import type { Paint } from './colours.js';
import { printYaml } from './config/print.js';
import { type Entry, settle } from './entry/entry.js';
import type { Sink } from './entry/sink.js';
import { encodeText } from './entry/text.js';
import { printValue } from './fields/schema.js';

/** `-dry-run`: prints the clients, then entries as `TIME<tab>LABELS<tab>LINE`, and sends nothing. */
export class DryRun implements Sink {
  readonly #out: Writable;
  readonly #paint: Paint;

  constructor(clients: readonly ClientOptions[], out: Writable, paint: Paint) {
    this.#out = out;
    this.#paint = paint;
    const printed = clients.map(
      (client) => `----------------------\n${printYaml(printValue(anyClient, client))}\n`,
    );
    out.write(`${paint('yellow', 'Clients configured:')}\n${printed.join('')}`);
  }

  push(entries: Entry[]): Promise<void> | undefined {
    const isTaken = this.#out.write(Buffer.concat(entries.map((entry) => this.#print(entry))));
    settle(entries);
    return isTaken ? undefined : once(this.#out, 'drain').then(() => {});
  }

  #print({ seconds, nanos, labels, line }: Entry): Buffer {
    const time = this.#paint('blue', printTime(seconds, nanos));
    return encodeText(`${time}\t${this.#paint('yellow', String(labels))}\t${line.text}\n`);
  }
}

/** `2006-01-02T15:04:05.999999999-0700` in the zone of the machine. */
function printTime(seconds: number, nanos: number): string {
  const minutesEast = -new Date(seconds * 1000).getTimezoneOffset();
  const local = new Date((seconds + minutesEast * 60) * 1000).toISOString().slice(0, -5);
  const fraction = nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
  const [hours, minutes] = [Math.floor(Math.abs(minutesEast) / 60), Math.abs(minutesEast) % 60];
  const zone = `${String(hours).padStart(2, '0')}${String(minutes).padStart(2, '0')}`;
  return `${local}${fraction}${minutesEast < 0 ? '-' : '+'}${zone}`;
}
