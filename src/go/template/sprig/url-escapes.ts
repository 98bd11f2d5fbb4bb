import { encodeText } from '../../../entry/text.js';
import { bytesOfText, textOfBytes } from './byte-text.js';

export type UrlPart = 'path' | 'host' | 'user' | 'fragment';

// What may stand in a part as it is, besides letters, digits and `-_.~`.
const allowed: Record<UrlPart, RegExp> = {
  path: /[\w.~$&+,/:;=@-]/,
  host: /[\w.~!"$&'()*+,:;<=>[\]-]/,
  user: /[\w.~$&+,;=-]/,
  fragment: /[\w.~!$&()*+,/:;=?@-]/,
};

export function escapePart(text: string, part: UrlPart): string {
  let escaped = '';
  for (const byte of encodeText(text)) {
    const character = String.fromCharCode(byte);
    if (allowed[part].test(character)) escaped += character;
    else escaped += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return escaped;
}

/** Throws for an escape that is cut short, and in a host for characters that cannot be in one. */
export function unescapePart(text: string, part: UrlPart): string {
  const broken = /%(?![\da-fA-F]{2}).{0,2}/s.exec(text);
  if (broken !== null) throw new Error(`invalid URL escape ${JSON.stringify(broken[0])}`);
  if (part === 'host') checkHost(text);
  if (!text.includes('%')) return text;
  const bytes = bytesOfText(text).replace(/%(..)/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return textOfBytes(bytes);
}

function checkHost(text: string): void {
  // Only bytes beyond ASCII need escapes in a host.
  const needless = /%(?!25)[0-7]./.exec(text);
  if (needless !== null) throw new Error(`invalid URL escape ${JSON.stringify(needless[0])}`);
  for (const character of text) {
    if (character <= '\x7f' && character !== '%' && !allowed.host.test(character)) {
      throw new Error(`invalid character ${JSON.stringify(character)} in host name`);
    }
  }
}
