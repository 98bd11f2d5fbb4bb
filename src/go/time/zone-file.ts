import type { Location, ZonePeriod } from './location.js';
import { parseTzRule, type TzRule } from './tz-rule.js';

/** Reads a compiled time zone (TZif, RFC 9636), as found below /usr/share/zoneinfo; undefined when it is none. */
export function readZoneFile(name: string, bytes: Buffer): Location | undefined {
  if (bytes.toString('latin1', 0, 4) !== 'TZif') return undefined;
  const old = readCounts(bytes, 0);
  if (bytes[4]! === 0) return new ZoneFileLocation(name, bytes, old, 4);
  // From version 2 on the same tables follow again, with transitions of 64 bits.
  return new ZoneFileLocation(name, bytes, readCounts(bytes, tablesEnd(old, 4)), 8);
}

interface Counts {
  readonly tables: number;
  readonly utcFlags: number;
  readonly standardFlags: number;
  readonly leapSeconds: number;
  readonly transitions: number;
  readonly zones: number;
  readonly nameBytes: number;
}

interface Zone {
  readonly offset: number;
  readonly isSummer: boolean;
  readonly abbreviation: string;
}

class ZoneFileLocation implements Location {
  readonly name: string;
  readonly #zones: Zone[];
  readonly #transitions: { at: number; zone: number }[];
  readonly #rule: TzRule | undefined;
  #latest: ZonePeriod = { start: 0, end: 0, offset: 0, abbreviation: '' };

  constructor(name: string, bytes: Buffer, counts: Counts, timeBytes: 4 | 8) {
    this.name = name;
    this.#zones = readZones(bytes, counts, timeBytes);
    this.#transitions = readTransitions(bytes, counts, timeBytes);
    const rule = bytes.toString('latin1', tablesEnd(counts, timeBytes)).trim();
    this.#rule = parseTzRule(rule, this.#transitions.at(-1)?.at ?? -Infinity);
  }

  periodAt(seconds: number): ZonePeriod {
    // Lines come in the order of time, so nearly all fall into the period of the one before.
    if (seconds >= this.#latest.start && seconds < this.#latest.end) return this.#latest;
    this.#latest = this.#find(seconds);
    return this.#latest;
  }

  offsetOf(abbreviation: string, wallSeconds: number): number | undefined {
    const named = this.#zones.filter((zone) => zone.abbreviation === abbreviation);
    const inForce = named.find(
      (zone) => this.periodAt(wallSeconds - zone.offset).abbreviation === abbreviation,
    );
    if (inForce === undefined) return named[0]?.offset;
    return this.periodAt(wallSeconds - inForce.offset).offset;
  }

  #find(seconds: number): ZonePeriod {
    const transitions = this.#transitions;
    let low = 0;
    let high = transitions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (transitions[middle]!.at <= seconds) low = middle + 1;
      else high = middle;
    }
    if (low === transitions.length && this.#rule !== undefined) return this.#rule(seconds);
    const zone = low === 0 ? this.#firstZone() : this.#zones[transitions[low - 1]!.zone]!;
    return {
      start: transitions[low - 1]?.at ?? -Infinity,
      end: transitions[low]?.at ?? Infinity,
      offset: zone.offset,
      abbreviation: zone.abbreviation,
    };
  }

  /** What was kept before the first transition: the first zone if no transition leads to it, else a standard time. */
  #firstZone(): Zone {
    const zones = this.#zones;
    const first = this.#transitions[0];
    if (first === undefined || this.#transitions.every(({ zone }) => zone !== 0)) return zones[0]!;
    const before = zones[first.zone]!.isSummer
      ? zones.slice(0, first.zone).findLast((zone) => !zone.isSummer)
      : undefined;
    return before ?? zones.find((zone) => !zone.isSummer) ?? zones[0]!;
  }
}

function readCounts(bytes: Buffer, header: number): Counts {
  const count = (index: number) => bytes.readUInt32BE(header + 20 + index * 4);
  return {
    tables: header + 44,
    utcFlags: count(0),
    standardFlags: count(1),
    leapSeconds: count(2),
    transitions: count(3),
    zones: count(4),
    nameBytes: count(5),
  };
}

function tablesEnd(counts: Counts, timeBytes: number): number {
  return (
    namesStart(counts, timeBytes) +
    counts.nameBytes +
    counts.leapSeconds * (timeBytes + 4) +
    counts.standardFlags +
    counts.utcFlags
  );
}

function zonesStart(counts: Counts, timeBytes: number): number {
  return counts.tables + counts.transitions * (timeBytes + 1);
}

function namesStart(counts: Counts, timeBytes: number): number {
  return zonesStart(counts, timeBytes) + counts.zones * 6;
}

function readZones(bytes: Buffer, counts: Counts, timeBytes: number): Zone[] {
  return Array.from({ length: counts.zones }, (_, index) => {
    const at = zonesStart(counts, timeBytes) + index * 6;
    const nameAt = namesStart(counts, timeBytes) + bytes[at + 5]!;
    return {
      offset: bytes.readInt32BE(at),
      isSummer: bytes[at + 4] !== 0,
      abbreviation: bytes.toString('latin1', nameAt, bytes.indexOf(0, nameAt)),
    };
  });
}

function readTransitions(bytes: Buffer, counts: Counts, timeBytes: 4 | 8): { at: number; zone: number }[] {
  const zoneIndexes = counts.tables + counts.transitions * timeBytes;
  return Array.from({ length: counts.transitions }, (_, index) => {
    const at = counts.tables + index * timeBytes;
    return {
      at: timeBytes === 8 ? Number(bytes.readBigInt64BE(at)) : bytes.readInt32BE(at),
      zone: bytes[zoneIndexes + index]!,
    };
  });
}
