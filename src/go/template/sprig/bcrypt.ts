import { type Blowfish, blowfishState, encryptBlock, mixKey } from './blowfish.js';

/** The bcrypt hash of a password of at most 72 bytes, as `$2a$10$…`. */
export function bcryptHash(password: Uint8Array, salt: Uint8Array, cost: number): string {
  const key = new Uint8Array([...password, 0]);
  const state = blowfishState();
  mixKey(state, key, salt);
  for (let round = 0; round < 2 ** cost; round++) {
    mixKey(state, key);
    mixKey(state, salt);
  }
  // The last of the 24 bytes is left out.
  const digest = encryptText(state).subarray(0, 23);
  return `$2a$${String(cost).padStart(2, '0')}$${base64(salt)}${base64(digest)}`;
}

function encryptText(state: Blowfish): Uint8Array {
  const bytes = Buffer.from('OrpheanBeholderScryDoubt');
  const words = Uint32Array.from({ length: 6 }, (_, index) => bytes.readUInt32BE(index * 4));
  for (let round = 0; round < 64; round++) {
    for (let at = 0; at < words.length; at += 2) encryptBlock(state, words, at);
  }
  for (const [index, word] of words.entries()) bytes.writeUInt32BE(word, index * 4);
  return bytes;
}

const usual = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const digits = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Base64 with digits in an order of its own, and no padding. */
function base64(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('base64').replace(/=+$/, '');
  return text.replace(/./g, (digit) => digits[usual.indexOf(digit)]!);
}
