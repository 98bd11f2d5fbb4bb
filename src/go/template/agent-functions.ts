import { toLower, toUpper } from '../letter-case.js';
import type { GoRegexp } from '../regexp/go-regexp.js';
import { replaceAll, replaceAllLiteral } from '../regexp/replace-all.js';
import { replaceText } from '../replace.js';
import { trimCutset, trimLeftCutset, trimRightCutset } from '../trim.js';
import { trimGoSpace } from '../trim-space.js';
import { trimPrefix, trimSuffix } from './affixes.js';
import { type FunctionTable, fn } from './functions.js';
import { hexDigest } from './hex-digest.js';

/** The functions that the agent adds; they win over sprig's of the same name. `pattern` compiles a regular expression. */
export function agentFunctions(pattern: (source: string) => GoRegexp): FunctionTable {
  return {
    ToLower: fn(['string'], toLower),
    ToUpper: fn(['string'], toUpper),
    Replace: fn(['string', 'string', 'string', 'int'], replaceText),
    Trim: fn(['string', 'string'], trimCutset),
    TrimLeft: fn(['string', 'string'], trimLeftCutset),
    TrimRight: fn(['string', 'string'], trimRightCutset),
    TrimPrefix: fn(['string', 'string'], trimPrefix),
    TrimSuffix: fn(['string', 'string'], trimSuffix),
    TrimSpace: fn(['string'], trimGoSpace),
    Hash: fn(['string', 'string'], (salt, text) => hexDigest('sha3-256', salt + text)),
    Sha2Hash: fn(['string', 'string'], (salt, text) => hexDigest('sha256', salt + text)),
    regexReplaceAll: fn(['string', 'string', 'string'], (source, text, replacement) =>
      replaceAll(pattern(source), text, replacement),
    ),
    regexReplaceAllLiteral: fn(['string', 'string', 'string'], (source, text, replacement) =>
      replaceAllLiteral(pattern(source), text, replacement),
    ),
  };
}
