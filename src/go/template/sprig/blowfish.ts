import { piWords } from './pi.js';

/** The tables of the Blowfish cipher. */
export interface Blowfish {
  readonly subkeys: Uint32Array;
  readonly boxes: Uint32Array;
}

const subkeyCount = 18;
const boxSize = 256;

/** The tables before any key: the fraction of π. */
export function blowfishState(): Blowfish {
  const words = piWords(subkeyCount + 4 * boxSize);
  return { subkeys: words.slice(0, subkeyCount), boxes: words.slice(subkeyCount) };
}

/** Mixes a key into the tables; with a salt, the salt is mixed into all that is made of them. */
export function mixKey(state: Blowfish, key: Uint8Array, salt?: Uint8Array): void {
  const { subkeys, boxes } = state;
  const keyWords = wordsOf(key, subkeyCount);
  for (let at = 0; at < subkeyCount; at++) subkeys[at]! ^= keyWords[at]!;
  const saltWords = salt === undefined ? undefined : wordsOf(salt, subkeyCount + 4 * boxSize);
  const block = new Uint32Array(2);
  let used = 0;
  for (const table of [subkeys, boxes]) {
    for (let at = 0; at < table.length; at += 2) {
      if (saltWords !== undefined) {
        block[0]! ^= saltWords[used++]!;
        block[1]! ^= saltWords[used++]!;
      }
      encryptBlock(state, block, 0);
      table[at] = block[0]!;
      table[at + 1] = block[1]!;
    }
  }
}

/** Encrypts the two words at `at` in place. */
export function encryptBlock({ subkeys, boxes }: Blowfish, words: Uint32Array, at: number): void {
  let left = words[at]! ^ subkeys[0]!;
  let right = words[at + 1]!;
  for (let round = 1; round <= 16; round += 2) {
    right ^= half(boxes, left) ^ subkeys[round]!;
    left ^= half(boxes, right) ^ subkeys[round + 1]!;
  }
  words[at] = right ^ subkeys[17]!;
  words[at + 1] = left;
}

function half(boxes: Uint32Array, word: number): number {
  const sum = boxes[word >>> 24]! + boxes[boxSize + ((word >>> 16) & 255)]!;
  return (sum ^ boxes[2 * boxSize + ((word >>> 8) & 255)]!) + boxes[3 * boxSize + (word & 255)]!;
}

/** Big-endian words of bytes that repeat as long as they are needed. */
function wordsOf(bytes: Uint8Array, count: number): Uint32Array {
  let at = 0;
  return Uint32Array.from({ length: count }, () => {
    let word = 0;
    for (let i = 0; i < 4; i++) word = (word << 8) | bytes[at++ % bytes.length]!;
    return word;
  });
}
