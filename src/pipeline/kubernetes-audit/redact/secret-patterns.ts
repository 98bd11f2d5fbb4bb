import { type OnRedacted, redacted } from './redaction.js';

/** A text without the tokens and keys that can be told by how they look. Takes time in proportion to the text, whatever stands in it. */
export function redactPatterns(text: string, onRedacted: OnRedacted): string {
  let clean = text;
  if (clean.includes('eyJ')) clean = clean.replace(dotted, (run) => redactJwts(run, onRedacted));
  if (clean.includes('PRIVATE KEY-----')) clean = redactPrivateKeys(clean, onRedacted);
  clean = clean.replace(awsKeyId, () => {
    onRedacted('aws_key');
    return redacted;
  });
  return clean.replace(bearer, (_match, scheme: string) => {
    onRedacted('bearer');
    return scheme + redacted;
  });
}

const dotted = /[\w.-]+/g;
const awsKeyId = /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g;
const bearer = /(\bbearer(?:[\s+]|%20){1,8})(?!\[redacted\])[^\s"',;&]+/gi;

/** A JWT is three texts of base64 with dots between them; the first begins with `{"`. */
function redactJwts(run: string, onRedacted: OnRedacted): string {
  const parts = run.split('.');
  const clean: string[] = [];
  for (let index = 0; index < parts.length; index++) {
    const start = parts[index]!.indexOf('eyJ');
    if (start < 0 || index + 2 >= parts.length || parts[index + 1] === '') {
      clean.push(parts[index]!);
      continue;
    }
    onRedacted('jwt');
    clean.push(parts[index]!.slice(0, start) + redacted);
    index += 2;
  }
  return clean.join('.');
}

const beginMark = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/g;
const endMark = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----/g;

/** From where a key begins to where it ends, or to the end of the text. */
function redactPrivateKeys(text: string, onRedacted: OnRedacted): string {
  let clean = '';
  let at = 0;
  for (;;) {
    beginMark.lastIndex = at;
    const begin = beginMark.exec(text);
    if (begin === null) return clean + text.slice(at);
    onRedacted('private_key');
    clean += text.slice(at, begin.index) + redacted;
    endMark.lastIndex = beginMark.lastIndex;
    if (endMark.exec(text) === null) return clean;
    at = endMark.lastIndex;
  }
}
