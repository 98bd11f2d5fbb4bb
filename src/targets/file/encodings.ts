import type { Buffer } from 'node:buffer';
import { TextDecoder } from 'node:util';

/** How the bytes of one file become lines of text. */
export interface LineDecoder {
  /** Bytes of a newline; lines begin at multiples of it. */
  readonly unitBytes: 1 | 2;
  /** Bytes at the file's start that are no text. */
  readonly markBytes: number;
  /** Where the next newline between `from` and the end of `bytes` begins; -1: none. */
  findNewline(bytes: Buffer, from: number): number;
  decode(bytes: Buffer, start: number, end: number): string;
}

/** The option `encoding`: a file's decoder may depend on the first bytes of the file. */
export interface Encoding {
  readonly headBytes: number;
  decoderFor(head: Buffer): LineDecoder;
}

/** Names of IANA that the WHATWG (TextDecoder) knows under another name, or means something else by. */
const otherNames: Readonly<Record<string, string>> = {
  'iso-8859-8-e': 'iso-8859-8',
  'ks_c_5601-1987': 'euc-kr',
  'windows-31j': 'shift_jis',
  csshiftjis: 'shift_jis',
  cseucpkdfmtjapanese: 'euc-jp',
  cswindows1252: 'windows-1252',
};

/**
 * The encoding of this IANA name. Throws when there is none: Promtail fails on such a file again and again, or crashes. UTF-16 is split
 * into lines as UTF-16, where Promtail splits bytes first and gets garbage from the second line on.
 */
export function parseEncoding(name: string): Encoding {
  const label = name.trim().toLowerCase();
  if (/^(utf-?16|csutf16)$/.test(label)) return utf16(undefined);
  if (/^(utf-?16le|csutf16le)$/.test(label)) return utf16('little');
  if (/^(utf-?16be|csutf16be)$/.test(label)) return utf16('big');
  // TextDecoder takes these for windows-1252, which differs in 0x80 to 0x9F.
  if (/^(iso-8859-1|iso_8859-1|iso_8859-1:1987|iso-ir-100|latin1|l1|ibm819|cp819|csisolatin1)$/.test(label)) {
    return singleUnit((bytes, start, end) => bytes.toString('latin1', start, end));
  }
  if (/^(us-ascii|ascii|ansi_x3\.4-1968|iso646-us|us|csascii)$/.test(label)) {
    const outside = /[\x80-\xff]/g;
    return singleUnit((bytes, start, end) => bytes.toString('latin1', start, end).replace(outside, '\ufffd'));
  }
  const decoder = textDecoder(otherNames[label] ?? label, name);
  return singleUnit((bytes, start, end) => decoder.decode(bytes.subarray(start, end)));
}

function textDecoder(label: string, name: string): TextDecoder {
  try {
    const decoder = new TextDecoder(label, { ignoreBOM: true });
    if (decoder.encoding.startsWith('utf-16')) throw new RangeError(label);
    return decoder;
  } catch (cause) {
    throw new Error(
      `unknown encoding ${JSON.stringify(name)}; expected an IANA name such as UTF-16LE, windows-1252, ISO-8859-1, Shift_JIS or GBK`,
      { cause },
    );
  }
}

/** In none of these encodings is 0x0A part of another character. */
function singleUnit(decode: LineDecoder['decode']): Encoding {
  const decoder: LineDecoder = {
    unitBytes: 1,
    markBytes: 0,
    findNewline: (bytes, from) => bytes.indexOf(0x0a, from),
    decode,
  };
  return { headBytes: 0, decoderFor: () => decoder };
}

function utf16(fixed: 'little' | 'big' | undefined): Encoding {
  const decoderFor = (head: Buffer): LineDecoder => {
    const mark = head.readUInt16BE(0);
    const order = fixed ?? (mark === 0xfffe ? 'little' : 'big');
    const isMarked = mark === (order === 'little' ? 0xfffe : 0xfeff);
    const text = new TextDecoder(order === 'little' ? 'utf-16le' : 'utf-16be', { ignoreBOM: true });
    return {
      unitBytes: 2,
      markBytes: isMarked ? 2 : 0,
      findNewline: (bytes, from) => findUnit(bytes, from, order === 'little' ? 0 : 1),
      decode: (bytes, start, end) => text.decode(bytes.subarray(start, end)),
    };
  };
  return { headBytes: 2, decoderFor };
}

/** A newline is 0x0A in the low byte, at `low` of its pair, and 0 in the other; pairs begin at even places. */
function findUnit(bytes: Buffer, from: number, low: 0 | 1): number {
  for (let at = bytes.indexOf(0x0a, from); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    const start = at - low;
    if (start % 2 === 0 && start >= from && bytes[start + (1 - low)] === 0) return start;
  }
  return -1;
}
