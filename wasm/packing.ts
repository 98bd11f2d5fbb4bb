/**
 * Makes entries of a push request from lines: the walk, the look at what came before, and the entry's bytes in one go. The plain version
 * that it must equal is the pipeline's stages and src/entry/wire-entry.ts behind them; whatever is not plain is left to those.
 */
import { take } from './arena';
import { findCombination, isLearned } from './combinations';
import { nil, no, nothing, numeric, outputOf, unread, yes } from './outputs';
import { isDigit } from './syntax';
import { readTime, timeNanos, timeSeconds } from './time';
import { forPacking, scan } from './walk';

/** What `packLine` answers when it packs nothing. */
const odd = 0;
const unknown = -1;

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

/** Lines are walked over from this node, and their time is found there. */
export function packFrom(node: usize, time: i32): void {
  root = node;
  timeOutput = time;
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

/** The combination of the line that was packed last, or was not. */
export function packedCombination(): i32 {
  return combination;
}

/**
 * Writes the entry of the line at `to`, where there is room for it, and what is to be known of it at `record`. Answers where it ends; `unknown`:
 * what the stages make of its combination was not told; `odd`: it is for the stages alone.
 */
export function packLine(start: usize, end: usize, to: usize, record: usize): i32 {
  combination = -1;
  if (!scan(root, start, end, forPacking)) return odd;
  const found = findCombination();
  combination = found < 0 ? -1 - found : found;
  if (found < 0 || !isLearned(combination)) return unknown;
  const time = outputOf(timeOutput);
  if (time.kind !== unread || !readTime(time.start + 1, time.end - 1) || timeSeconds() === 0) return odd;
  let metadataBytes: usize = 0;
  let metadataSize: usize = 0;
  for (let at = firstPair; at !== 0; at = changetype<Pair>(at).next) {
    const pair = changetype<Pair>(at);
    if (!readValue(pair)) return odd;
    if (pair.size === 0) continue;
    metadataSize += pair.size;
    metadataBytes += 1 + varintLength(pair.size) + pair.size;
  }
  const lineBytes = end - start;
  const seconds = timeSeconds();
  const nanos = timeNanos();
  const timeBytes = 1 + varintLength(seconds) + (nanos === 0 ? 0 : 1 + varintLength(nanos));
  const lineField = 1 + varintLength(lineBytes) + lineBytes;
  let at = to;
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
  memory.copy(at, start, lineBytes);
  at += lineBytes;
  const packed = changetype<Packed>(record);
  packed.lineEnd = at;
  for (let pair = firstPair; pair !== 0; pair = changetype<Pair>(pair).next) at = writePair(changetype<Pair>(pair), at);
  packed.seconds = <f64>seconds;
  packed.nanos = nanos;
  packed.combination = combination;
  packed.end = at;
  packed.lineBytes = lineBytes;
  packed.size = lineBytes + metadataSize;
  return <i32>at;
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

/** A name or a value. May write up to 15 bytes past it. */
@inline
function copyShort(to: usize, from: usize, length: usize): void {
  for (let done: usize = 0; done < length; done += 16) v128.store(to + done, v128.load(from + done));
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

function varintLength(value: usize): usize {
  let length: usize = 1;
  for (let rest = value >> 7; rest !== 0; rest >>= 7) length++;
  return length;
}

function writeVarint(to: usize, value: usize): usize {
  let at = to;
  let rest = value;
  for (; rest >= 0x80; rest >>= 7) store<u8>(at++, <u8>(rest | 0x80));
  store<u8>(at, <u8>rest);
  return at + 1;
}
