/** ASN.1 in its distinguished encoding, as far as keys and certificates need it. */
export function derSequence(...parts: Uint8Array[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

export function derSet(...parts: Uint8Array[]): Buffer {
  return tagged(0x31, Buffer.concat(parts));
}

/** A whole number that is not negative, as big-endian bytes. */
export function derInteger(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Uint8Array.of(0) : bytes.subarray(first);
  return tagged(0x02, digits[0]! >= 0x80 ? Buffer.concat([Uint8Array.of(0), digits]) : digits);
}

export function derBoolean(value: boolean): Buffer {
  return tagged(0x01, Uint8Array.of(value ? 0xff : 0));
}

export function derNull(): Buffer {
  return tagged(0x05, new Uint8Array());
}

export function derOctets(bytes: Uint8Array): Buffer {
  return tagged(0x04, bytes);
}

export function derBits(bytes: Uint8Array, unused = 0): Buffer {
  return tagged(0x03, Buffer.concat([Uint8Array.of(unused), bytes]));
}

export function derText(text: string): Buffer {
  const isPrintable = /^[A-Za-z0-9 '()+,./:=?-]*$/.test(text);
  return tagged(isPrintable ? 0x13 : 0x0c, Buffer.from(text));
}

/** `2.5.29.15` */
export function derIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...others] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...others.flatMap(base128)];
  return tagged(0x06, Uint8Array.from(bytes));
}

/** Years up to 2049 have two digits. */
export function derTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\.\d+|\D/g, '');
  const isShort = digits < '2050';
  return tagged(isShort ? 0x17 : 0x18, Buffer.from(`${isShort ? digits.slice(2) : digits}Z`));
}

/** A part known by its place alone: number `tag` of its sequence. */
export function derTagged(tag: number, content: Uint8Array, isConstructed: boolean): Buffer {
  return tagged((isConstructed ? 0xa0 : 0x80) | tag, content);
}

/** The contents of what follows one another in `bytes`. */
export function derParts(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const short = bytes[at + 1]!;
    const lengthBytes = short < 0x80 ? 0 : short & 0x7f;
    const length = lengthBytes === 0 ? short : bytes.readUIntBE(at + 2, lengthBytes);
    const start = at + 2 + lengthBytes;
    parts.push(bytes.subarray(start, start + length));
    at = start + length;
  }
  return parts;
}

function tagged(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(tag, ...lengthBytes(content.length)), content]);
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}
