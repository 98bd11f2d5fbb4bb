import { take } from './arena';
import { copyShort, equalBytes } from './bytes';
import { nothing, outputOf } from './outputs';

/**
 * Values that are taken together: combinations of them come again and again, and what follows from one is then worked out once. Each is
 * kept as it is written, its values one after the other. When there is no room for another one, all are forgotten.
 */
const maxMembers = 32;
const members: usize = memory.data(maxMembers * 4, 16);
let memberCount: usize = 0;
export const maxCombinations = 4096;
const maxCombined = 1024;
/** As many as there may be of usual ones. */
const combinedBytes: usize = maxCombinations * 192;
/** A hash and an address in each; half of them stay free. */
const slots: usize = 2 * maxCombinations;
const slotShift: u64 = 51;
let slotsAt: usize = 0;
/** Clients choose some of the values, and could choose them so that their hashes are the same. */
const maxProbes = 64;
/** Where combinations are kept, and from where on there is room for others. */
let combinedAt: usize = 0;
let combinedEnd: usize = 0;
let combinationCount = 0;
/** How often all were forgotten. */
let forgotten = 0;
/** What they are taken in: the same values in another context are another combination. */
let context: u32 = 0;
/** Of each combination, by its number, whether somebody has worked out what follows from it. */
const learned: usize = memory.data(maxCombinations, 16);
/** Stands for a value that is not there, and ends each that is: none has such a byte in it. */
const gap: u8 = 0;
const scratch: usize = memory.data(maxCombined + 48, 16);

/** A combination. Behind it stand its bytes. */
@unmanaged
class Combination {
  place: i32 = 0;
  length: u32 = 0;
}

/** To be called before the first one is looked for, even if there is nothing to combine: then there is one a context. */
export function keepCombinations(): void {
  if (slotsAt !== 0) return;
  slotsAt = take(slots * 8);
  combinedAt = take(combinedBytes);
  combinedEnd = combinedAt;
}

/** Takes this output, too, into combinations. They have no more than `maxMembers`. */
export function combine(output: i32): void {
  keepCombinations();
  store<i32>(members + (memberCount++ << 2), output);
}

/**
 * The number of the combination that the line has; -1 - number when it is new, and may have got the number of one that is forgotten.
 * Those that are too long are always new.
 */
export function findCombination(): i32 {
  const length = writeCombination();
  if (length === 0) return -1 - maxCombinations;
  const hash = hashWords(length);
  let slot = slotOf(<usize>(hash >> slotShift));
  let probes = 0;
  while (load<u32>(slot + 4) !== 0) {
    const combination = load<u32>(slot + 4);
    if (load<u32>(slot) === <u32>hash && isCombination(combination, length)) return changetype<Combination>(combination).place;
    slot = slotOf(((slot - slotsAt) >> 3) + 1);
    probes++;
  }
  const size = (offsetof<Combination>() + length + 3) & ~3;
  const isFull = combinationCount === maxCombinations || combinedEnd + size > combinedAt + combinedBytes;
  if (isFull || probes >= maxProbes) {
    memory.fill(slotsAt, 0, slots * 8);
    memory.fill(learned, 0, maxCombinations);
    forgotten++;
    combinationCount = 0;
    combinedEnd = combinedAt;
    slot = slotOf(<usize>(hash >> slotShift));
  }
  store<u32>(slot, <u32>hash);
  store<u32>(slot + 4, <u32>combinedEnd);
  const combination = changetype<Combination>(combinedEnd);
  combination.place = combinationCount++;
  combination.length = <u32>length;
  memory.copy(combinedEnd + offsetof<Combination>(), scratch, length);
  combinedEnd += size;
  return -1 - combination.place;
}

export function timesForgotten(): i32 {
  return forgotten;
}

export function setContext(value: u32): void {
  context = value;
}

export function learn(combination: i32): void {
  if (combination < maxCombinations) store<u8>(learned + combination, 1);
}

@inline
export function isLearned(combination: i32): bool {
  return combination < maxCombinations && load<u8>(learned + combination) !== 0;
}

@inline
function slotOf(index: usize): usize {
  return slotsAt + ((index & (slots - 1)) << 3);
}

function isCombination(address: usize, length: usize): bool {
  const combination = changetype<Combination>(address);
  return combination.length === <u32>length && equalBytes(address + offsetof<Combination>(), scratch, length);
}

/** How many bytes it takes; 0: too many. */
function writeCombination(): usize {
  let length: usize = 0;
  for (let i: usize = 0; i < memberCount; i++) {
    const output = outputOf(load<i32>(members + (i << 2)));
    if (output.kind !== nothing) {
      const size = output.end - output.start;
      if (length + size >= <usize>maxCombined) return 0;
      copyShort(scratch + length, output.start, size);
      length += size;
    }
    if (length >= <usize>maxCombined) return 0;
    store<u8>(scratch + (length++), gap);
  }
  if (context !== 0) {
    store<u32>(scratch + length, context);
    length += 4;
  }
  v128.store(scratch + length, i8x16.splat(0));
  return length;
}

/** Of the combination just written. Its upper bits are the best ones. */
function hashWords(length: usize): u64 {
  // Two at a time: a multiplication waits for the one before it.
  let even: u64 = 0;
  let odd: u64 = 0;
  for (let at: usize = 0; at < length; at += 16) {
    even = rotl((even ^ load<u64>(scratch + at)) * longMultiplier, 29);
    odd = rotl((odd ^ load<u64>(scratch + at + 8)) * longMultiplier, 31);
  }
  return (even ^ rotl(odd, 17)) * longMultiplier;
}

/** 2^64 over the golden ratio, odd. */
const longMultiplier: u64 = 0x9e3779b97f4a7c15;
