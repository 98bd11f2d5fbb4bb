import { reverse } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';

/** Names are asked for again after this time. */
const validMs = 5 * 60_000;
/** A name server that does not answer delays the first lines of a sender by no more than this. */
const maxWaitMs = 2000;
const maxRemembered = 1000;

interface Known {
  names: string | undefined;
  askedAtMs: number;
  asking: Promise<string>;
}

/** The names of senders by their address, as Go's LookupAddr gives them: all, joined by commas, with a dot at the end of full ones. */
export class HostNames {
  readonly #now: () => number;
  readonly #known = new Map<string, Known>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** '' when there are none. A promise only for an address that is new; old answers are renewed behind the scenes. */
  of(address: string): string | Promise<string> {
    let known = this.#known.get(address);
    if (known === undefined) {
      if (this.#known.size >= maxRemembered) this.#known.clear();
      known = { names: undefined, askedAtMs: this.#now(), asking: lookUp(address) };
      this.#known.set(address, known);
      this.#keep(known);
    } else if (this.#now() - known.askedAtMs > validMs) {
      known.askedAtMs = this.#now();
      known.asking = lookUp(address);
      this.#keep(known);
    }
    return known.names ?? known.asking;
  }

  #keep(known: Known): void {
    void known.asking.then((names) => {
      known.names = names;
    });
  }
}

async function lookUp(address: string): Promise<string> {
  const listed = await listedNames(address);
  if (listed.length > 0) return printNames(listed);
  const found = reverse(address).then(printNames, () => '');
  const { promise: tooLate, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve(''), maxWaitMs);
  const names = await Promise.race([found, tooLate]);
  clearTimeout(timer);
  return names;
}

/** The names that /etc/hosts gives an address: they come before what a name server says. */
async function listedNames(address: string): Promise<string[]> {
  const hosts = await readFile('/etc/hosts', 'utf8').catch(() => '');
  return hosts.split('\n').flatMap((line) => {
    const [own, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    return own === address ? names : [];
  });
}

function printNames(names: readonly string[]): string {
  return names.map((name) => (name.includes('.') && !name.endsWith('.') ? `${name}.` : name)).join(',');
}
