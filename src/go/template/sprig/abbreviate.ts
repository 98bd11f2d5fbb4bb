import { bytesOfText, textOfBytes } from './byte-text.js';

/** Cuts a text to `width` bytes with dots for what is left out: at the end, and before `offset` when that is far in. */
export function abbreviate(text: string, offset: number, width: number): string {
  return textOfBytes(abbreviateBytes(bytesOfText(text), offset, width));
}

function abbreviateBytes(text: string, offset: number, width: number): string {
  // Too narrow for dots: nothing is left.
  if (text === '' || width < 4) return '';
  const { length } = text;
  if (length <= width) return text;
  const kept = width - 3;
  const start = Math.min(Math.min(offset, length), Math.max(length - kept, 0));
  if (start <= 4) return `${text.slice(0, kept)}...`;
  if (width < 7) return '';
  if (start + kept < length) return `...${abbreviateBytes(text.slice(start), 0, kept)}`;
  return `...${text.slice(length - kept)}`;
}
