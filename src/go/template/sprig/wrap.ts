import { bytesOfText, textOfBytes } from './byte-text.js';

/** Breaks a line at spaces so that no part is longer than `width` bytes; words that are stay whole unless told. */
export function wrap(text: string, width: number, newline: string, breaksWords: boolean): string {
  const lines = wrapBytes(bytesOfText(text), Math.max(width, 1), breaksWords);
  return textOfBytes(lines.join(bytesOfText(newline || '\n')));
}

function wrapBytes(text: string, width: number, breaksWords: boolean): string[] {
  const lines: string[] = [];
  let start = 0;
  while (text.length - start > width) {
    if (text[start] === ' ') {
      start += 1;
      continue;
    }
    let end = text.lastIndexOf(' ', start + width);
    if (end < start) {
      if (breaksWords) {
        lines.push(text.slice(start, start + width));
        start += width;
        continue;
      }
      end = text.indexOf(' ', start + width);
      if (end < 0) end = text.length;
    }
    lines.push(text.slice(start, end));
    start = end + 1;
  }
  // A long word at the very end is not followed by a line of its own.
  return start > text.length ? lines : [...lines, text.slice(start)];
}
