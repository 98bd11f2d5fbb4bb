/**
 * Makes entries of a push request from lines: the walk, the look at what came before, and the entry's bytes in one go. The plain version
 * that it must equal is the pipeline's stages and src/entry/wire-entry.ts behind them; whatever is not plain is left to those.
 */
import { take } from './arena';
import { copyShort } from './bytes';
import { findCombination, isLearned, keepCombinations } from './combinations';
import { nil, no, nothing, numeric, outputOf, unread, yes } from './outputs';
import { isDigit } from './syntax';
import { readTime, timeNanos, timeSeconds } from './time';
import { varintLength, writeVarint } from './varint';
import { scanLine } from './walk';

/**
 * Why packing stops: all is packed; there is no room; of the next line's combination was not told what the stages make of it; or the line is for
 * the stages alone.
 */
const done = 0;
const full = 1;
const unknown = 2;
const odd = 3;
/** What an entry takes at most besides its line and its metadata, and what may be written past it. */
const entryFraming: usize = 64;

/** What there is to know of an entry, for JavaScript to read. */
@unmanaged
class Packed {
  seconds: f64 = 0;
  nanos: u32 = 0;
  combination: i32 = 0;
  /** Where it and its line end. */
  end: usize = 0;
  lineEnd: usize = 0;
  lineBytes: usize = 0;
  /** By Promtail's count: bytes of the line and of the metadata. */
  size: usize = 0;
}

/** A value that goes into the metadata. Behind it stands the name as it is written, filled up to sixteens. */
@unmanaged
class Pair {
  output: i32 = 0;
  nameBytes: usize = 0;
  next: usize = 0;
  /** Of the line at hand: where the value is, and how many bytes the pair takes without its tag and length; none, if 0. */
  value: usize = 0;
  valueBytes: usize = 0;
  size: usize = 0;
}

const maxValueBytes: usize = 8191;
const maxDigits: usize = 15;
let root: usize = 0;
let timeOutput: i32 = -1;
let firstPair: usize = 0;
let lastPair: usize = 0;
let combination: i32 = 0;
let stopped: usize = 0;
let count: i32 = 0;
let packedTo: usize = 0;
/** Of the metadata of the line at hand: what it takes, and what it counts for. */
let metadataBytes: usize = 0;
let metadataSize: usize = 0;

/** Lines are walked over from this node, and their time is found there. */
export function packFrom(node: usize, time: i32): void {
  root = node;
  timeOutput = time;
  keepCombinations();
}

/** Adds a pair of metadata; its name is to be written where this answers, in wire form. */
export function addPair(output: i32, nameBytes: usize): usize {
  const address = take(offsetof<Pair>() + nameBytes + 16);
  const pair = changetype<Pair>(address);
  pair.output = output;
  pair.nameBytes = nameBytes;
  pair.next = 0;
  if (firstPair === 0) firstPair = address;
  else changetype<Pair>(lastPair).next = address;
  lastPair = address;
  return address + offsetof<Pair>();
}

/** The line that was not packed: where it begins, and the number of its combination, if it is not odd. */
export function stoppedAt(): usize {
  return stopped;
}

export function stoppedCombination(): i32 {
  return combination;
}

/** How many entries there are by now, and where the last one ends. */
export function packedCount(): i32 {
  return count;
}

export function packedEnd(): usize {
  return packedTo;
}

/**
 * Packs the lines from `start` on, until one is not to be packed, or there is no room for its entry before `limit`; see `done` and the like. Entries are written
 * from `to` on, and from number `from` on there is a record of each behind `records`.
 */
export function packLines(start: usize, end: usize, to: usize, limit: usize, records: usize, from: i32, maxCount: i32): i32 {
  count = from;
  packedTo = to;
  stopped = start;
  while (stopped < end) {
    if (count === maxCount) return full;
    combination = -1;
    const lineEnd = scanLine(root, stopped, end);
    if (lineEnd === 0) return odd;
    const found = findCombination();
    combination = found < 0 ? -1 - found : found;
    if (found < 0 || !isLearned(combination)) return unknown;
    const time = outputOf(timeOutput);
    if (time.kind !== unread || !readTime(time.start + 1, time.end - 1) || timeSeconds() === 0) return odd;
    if (!readValues()) return odd;
    const lineBytes = lineEnd - stopped;
    if (packedTo + entryFraming + lineBytes + metadataBytes > limit) return full;
    writeEntry(lineBytes, changetype<Packed>(records + <usize>count * offsetof<Packed>()));
    count++;
    stopped = lineEnd + 1;
  }
  return done;
}

/** Looks at the values for the metadata. False: they are left to the stages. */
function readValues(): bool {
  metadataBytes = 0;
  metadataSize = 0;
  for (let at = firstPair; at !== 0; at = changetype<Pair>(at).next) {
    const pair = changetype<Pair>(at);
    if (!readValue(pair)) return false;
    if (pair.size === 0) continue;
    metadataSize += pair.size;
    metadataBytes += 1 + varintLength(pair.size) + pair.size;
  }
  return true;
}

function writeEntry(lineBytes: usize, packed: Packed): void {
  const seconds = timeSeconds();
  const nanos = timeNanos();
  const timeBytes = 1 + varintLength(seconds) + (nanos === 0 ? 0 : 1 + varintLength(nanos));
  const lineField = 1 + varintLength(lineBytes) + lineBytes;
  let at = packedTo;
  store<u8>(at, 0x12);
  at = writeVarint(at + 1, 2 + timeBytes + lineField + metadataBytes);
  store<u16>(at, <u16>(0x0a | (timeBytes << 8)));
  at += 2;
  store<u8>(at, 0x08);
  at = writeVarint(at + 1, seconds);
  if (nanos !== 0) {
    store<u8>(at, 0x10);
    at = writeVarint(at + 1, nanos);
  }
  store<u8>(at, 0x12);
  at = writeVarint(at + 1, lineBytes);
  memory.copy(at, stopped, lineBytes);
  at += lineBytes;
  packed.lineEnd = at;
  for (let pair = firstPair; pair !== 0; pair = changetype<Pair>(pair).next) at = writePair(changetype<Pair>(pair), at);
  packed.seconds = <f64>seconds;
  packed.nanos = nanos;
  packed.combination = combination;
  packed.end = at;
  packed.lineBytes = lineBytes;
  packed.size = lineBytes + metadataSize;
  packedTo = at;
}

/** False: it is left to the stages. */
function readValue(pair: Pair): bool {
  const output = outputOf(pair.output);
  const length = output.end - output.start;
  switch (output.kind) {
    case nothing:
    case nil:
      pair.size = 0;
      return true;
    case unread:
      pair.value = output.start + 1;
      pair.valueBytes = length - 2;
      if (length > maxValueBytes || !isAscii(pair.value, pair.valueBytes)) return false;
      break;
    case numeric:
      // A whole number is printed as it is written.
      if (length > maxDigits || !isAllDigits(output.start, output.end)) return false;
      pair.value = output.start;
      pair.valueBytes = length;
      break;
    case yes:
    case no:
      pair.value = output.start;
      pair.valueBytes = length;
      break;
    default:
      return false;
  }
  const valueBytes = pair.valueBytes;
  pair.size = pair.nameBytes + (valueBytes === 0 ? 0 : 1 + varintLength(valueBytes) + valueBytes);
  return true;
}

function writePair(pair: Pair, to: usize): usize {
  if (pair.size === 0) return to;
  store<u8>(to, 0x1a);
  let at = writeVarint(to + 1, pair.size);
  copyShort(at, changetype<usize>(pair) + offsetof<Pair>(), pair.nameBytes);
  at += pair.nameBytes;
  if (pair.valueBytes === 0) return at;
  store<u8>(at, 0x12);
  at = writeVarint(at + 1, pair.valueBytes);
  copyShort(at, pair.value, pair.valueBytes);
  return at + pair.valueBytes;
}

function isAscii(start: usize, length: usize): bool {
  let done: usize = 0;
  for (; done + 16 <= length; done += 16) if (i8x16.bitmask(v128.load(start + done)) !== 0) return false;
  return (i8x16.bitmask(v128.load(start + done)) & ((1 << <i32>(length - done)) - 1)) === 0;
}

function isAllDigits(start: usize, end: usize): bool {
  for (let at = start; at < end; at++) if (!isDigit(load<u8>(at))) return false;
  return true;
}
