import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { type FunctionTable, fn } from '../functions.js';

const digits = '0123456789';
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');

export const randomFunctions: FunctionTable = {
  randAlpha: fn(['int'], (count) => randomText(count, letters)),
  randAlphaNum: fn(['int'], (count) => randomText(count, letters + digits)),
  randAscii: fn(['int'], (count) => randomText(count, printable)),
  randBytes: fn(['int'], (count) => randomBytes(count).toString('base64')),
  randNumeric: fn(['int'], (count) => randomText(count, digits)),
  shuffle: fn(['string'], shuffle),
  uuidv4: fn([], () => randomUUID()),
};

function randomText(count: number, characters: string): string {
  return Array.from({ length: Math.max(count, 0) }, () => characters[randomInt(characters.length)]).join('');
}

function shuffle(text: string): string {
  const characters = [...text.toWellFormed()];
  for (let last = characters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other]!, characters[last]!];
  }
  return characters.join('');
}
