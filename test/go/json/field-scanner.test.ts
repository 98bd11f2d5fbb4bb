import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ExtractedValue } from '../../../src/entry/extracted.js';
import { Line } from '../../../src/entry/line.js';
import { encodeText } from '../../../src/entry/text.js';
import { encodeJson } from '../../../src/go/json/encode.js';
import { JsonFieldScanner } from '../../../src/go/json/field-scanner.js';
import { parseJson } from '../../../src/go/json/parse.js';
import { fieldOf, isObject, type JsonObject, type JsonValue } from '../../../src/go/json/value.js';
import { jsonTexts } from './json-texts.js';

const auditEvents = readFileSync(new URL('../../fixtures/audit-events.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');

describe('JsonFieldScanner', () => {
  test('finds the fields of every audit event, and says what kind they are', () => {
    const scanner = new JsonFieldScanner([
      ['verb'],
      ['user', 'username'],
      ['objectRef', 'subresource'],
      ['responseStatus', 'code'],
      ['sourceIPs'],
      ['annotations', 'authorization.k8s.io/decision'],
      ['requestURI'],
    ]);
    expect(auditEvents.map((line) => scan(scanner, line))).toEqual([
      [
        'list',
        'system:serviceaccount:shop:cart',
        null,
        403,
        '["10.32.4.17"]',
        'forbid',
        '/api/v1/namespaces/billing/configmaps?limit=500',
      ],
      [
        'get',
        'dana@example.org',
        'exec',
        101,
        '["198.51.100.7","10.32.0.4"]',
        'allow',
        '/api/v1/namespaces/shop/pods/cart-6d9f7c5b8-x2k4q/exec?command=sh&command=-c&command=env&container=cart&stdin=true&stdout=true&tty=true',
      ],
      [
        'watch',
        'system:kube-controller-manager',
        null,
        200,
        '["10.32.0.2"]',
        'allow',
        '/apis/apps/v1/deployments?allowWatchBookmarks=true&resourceVersion=88121&timeout=7m31s&timeoutSeconds=451&watch=true',
      ],
      [
        'get',
        'dana@example.org',
        null,
        200,
        '["10.32.0.4"]',
        'allow',
        '/api/v1/namespaces/billing/secrets/pg-main',
      ],
      [
        'create',
        'ci-bot',
        null,
        201,
        '["10.32.9.40"]',
        'allow',
        '/apis/rbac.authorization.k8s.io/v1/namespaces/billing/rolebindings?fieldManager=kubectl-create&fieldValidation=Strict',
      ],
      ['list', 'dana@example.org', null, 200, '["10.32.0.4"]', 'allow', '/api/v1/nodes?limit=500'],
      ['get', 'system:anonymous', null, 200, '["203.0.113.50"]', 'allow', '/version?timeout=32s'],
      ['list', null, null, 401, '["10.32.7.7"]', null, '/api/v1/pods'],
      [
        'list',
        'system:serviceaccount:ops:crawler',
        null,
        429,
        '["10.32.5.90"]',
        null,
        '/apis/batch/v1/jobs?limit=500',
      ],
      [
        'create',
        'lee',
        null,
        201,
        '["10.32.0.9"]',
        'allow',
        '/api/v1/namespaces/lab/pods?fieldManager=kubectl-run',
      ],
    ]);
  });

  test('gives each of many texts, coming and coming again in any order, as it is', () => {
    const scanner = new JsonFieldScanner([['a'], ['b'], ['c']]);
    const word = fc.integer({ min: 0, max: 3000 }).map((n) => `system:node:worker-${n}`);
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word, word), { minLength: 50, maxLength: 100 }), (lines) => {
        for (const [a, b, c] of [...lines, ...lines]) {
          expect(scan(scanner, JSON.stringify({ a, b, c }))).toEqual([a, b, c]);
        }
      }),
    );
  });

  test('finds keys in any order, line after line, among others that are nearly the same', () => {
    const names = [
      'a',
      'ab',
      'abc',
      'b',
      'verb',
      'verbs',
      'v',
      'x'.repeat(29),
      'x'.repeat(30),
      'x'.repeat(31),
      'x'.repeat(40),
    ];
    const paths = [['a'], ['abc'], ['verb'], ['x'.repeat(30)], ['x'.repeat(31)], ['b', 'ab'], ['b', 'b']];
    const scanner = new JsonFieldScanner(paths);
    const leaf = fc.dictionary(fc.constantFrom(...names), fc.nat(9), { maxKeys: 4 });
    const object = fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.nat(9), leaf), { maxKeys: 11 });
    fc.assert(
      fc.property(fc.array(object, { minLength: 5, maxLength: 20 }), (objects) => {
        // Each twice, so that what was met at a place comes again there.
        for (const each of objects.flatMap((one) => [one, one])) {
          const text = JSON.stringify(each);
          const expected = paths.map((path) => follow(parseJson(text) as JsonObject, path));
          expect(scan(scanner, text), text).toEqual(expected);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('takes lines of any length, after one another', () => {
    const scanner = new JsonFieldScanner([['a'], ['z']]);
    for (const length of [10, 300_000, 5, 2_000_000, 100_000]) {
      const long = 'x'.repeat(length);
      expect(scan(scanner, `{"a":"${long}","z":1}`)).toEqual([long, 1]);
    }
  });

  test('refuses an audit event cut anywhere', () => {
    const scanner = new JsonFieldScanner([['verb']]);
    const line = auditEvents[0]!;
    for (let length = 0; length < line.length; length++) {
      expect(scan(scanner, line.slice(0, length)), `cut at ${length}`).toBeUndefined();
    }
  });

  test.each([
    ['the last of equal keys wins', '{"a":"x","a":"y"}', ['y', null, null]],
    ['and takes what the first held with it', '{"a":{"b":"x"},"a":{"c":1}}', ['{"c":1}', null, 1]],
    ['and may be null', '{"a":{"b":"x"},"a":null}', [null, null, null]],
    ['a field of a string is missing', '{"a":"{\\"b\\":1}"}', ['{"b":1}', null, null]],
    ['blanks do no harm', '\t{ "a" : { "b" : true , "c" : [ ] } } \r', ['{"b":true,"c":[]}', true, '[]']],
    ['numbers that need care', '{"a":-0,"b":{"b":1},"c":9007199254740993}', [-0, null, null]],
    ['the escape of an astral character is left to the full reader', '{"a":"\\ud83d\\ude00"}', undefined],
    ['bytes beyond ASCII', '{"a":"é日😀"}', ['é日😀', null, null]],
    ['a backslash in a value', '{"a":"CORP\\\\eve"}', ['CORP\\eve', null, null]],
    ['bytes that are not UTF-8 are left to the full reader', '{"a":"x\udc80"}', undefined],
    ['but matter only where wanted', '{"z":"x\udc80","a":1}', [1, null, null]],
    ['a wanted key in disguise is left to the full reader', '{"\\u0061":1}', undefined],
    ['an exponent may overflow', '{"z":1e3}', undefined],
    ['a tab in a string is malformed', '{"z":"\t"}', undefined],
    ['a tab in a key is malformed', '{"z":{"\t":1}}', undefined],
    ['bytes after the object', '{"a":1} x', undefined],
    ['an array', '["a"]', undefined],
    ['escapes where nothing is wanted', '{"z":"\\u00E9\\n\\/","a":1}', [1, null, null]],
    ['an unknown escape', '{"z":"\\x41","a":1}', undefined],
    ['an escape of three digits', '{"z":"\\u123","a":1}', undefined],
    ['an escape with a letter that is no digit', '{"z":"\\u12G4","a":1}', undefined],
    ['nothing', '', undefined],
  ])('%s', (_, text, values) => {
    expect(scan(new JsonFieldScanner([['a'], ['a', 'b'], ['a', 'c']]), text)).toEqual(values);
  });

  test('values of every length come out right, again and again', () => {
    const scanner = new JsonFieldScanner([['v']]);
    for (let round = 0; round < 3; round++) {
      for (let length = 0; length < 200; length++) {
        const value = 'abcdefghij'.repeat(20).slice(round, round + length);
        expect(scan(scanner, `{"v":"${value}"}`)).toEqual([value]);
      }
    }
  });

  test('where it succeeds, it agrees with the full reader', () => {
    const paths = [
      ['a'],
      ['b'],
      ['a', 'b'],
      ['c', 'd.e'],
      [''],
      ['__proto__'],
      ['b', 'a', 'a'],
      ['constructor'],
      ['a'],
    ];
    const scanner = new JsonFieldScanner(paths);
    let scanned = 0;
    fc.assert(
      fc.property(jsonTexts(), (text) => {
        const values = scan(scanner, text);
        if (values === undefined) return;
        scanned++;
        const document = parseJson(text);
        expect(document).toBeDefined();
        expect(values).toEqual(paths.map((path) => follow(document!, path)));
      }),
      { numRuns: 3000 },
    );
    expect(scanned).toBeGreaterThan(500);
  });
});

/** Whatever comes after the line in its buffer, a newline or not, must not matter. */
function scan(scanner: JsonFieldScanner, line: string): ExtractedValue[] | undefined {
  const before = Buffer.from('{"a":"before"}\n');
  const bytes = encodeText(line);
  const results = ['\n{"a":"after"}\n', '"}]}', 'abcdef', ''].map((after) => {
    const chunk = Buffer.concat([before, bytes, Buffer.from(after)]);
    return scanner.scan(chunk, before.length, before.length + bytes.length)
      ? scanner.values.map(decoded)
      : undefined;
  });
  for (const result of results) expect(result).toEqual(results[0]);
  return results[0];
}

function decoded(value: ExtractedValue | Line): ExtractedValue {
  return value instanceof Line ? value.text : value;
}

function follow(document: JsonObject, path: readonly string[]): ExtractedValue {
  let value: JsonValue = document;
  for (const key of path) {
    value = isObject(value) ? fieldOf(value, key) : null;
  }
  return typeof value === 'object' && value !== null ? encodeJson(value) : value;
}
