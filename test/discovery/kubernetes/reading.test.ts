import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FieldReader, type Mask } from '../../../src/discovery/kubernetes/field-reader.js';
import { ListSplitter } from '../../../src/discovery/kubernetes/list-splitter.js';

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', '\n', 'é', '"items":[') }),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      text.filter((name) => name !== '__proto__'),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
}));
const item = fc.record({ name: text, wanted: value, rest: value }, { requiredKeys: [] });
const list = fc.record({
  metadata: fc.record({ continue: fc.string(), items: fc.array(item, { maxLength: 2 }) }),
  items: fc.array(item, { maxLength: 6 }),
});

it('takes lists apart, in whatever pieces they arrive', () => {
  fc.assert(
    fc.property(list, fc.infiniteStream(fc.integer({ min: 1, max: 40 })), (expected, sizes) => {
      const reader = new FieldReader();
      const items: unknown[] = [];
      const splitter = new ListSplitter((bytes, end) => items.push(reader.read(bytes, end, true)));
      const bytes = Buffer.from(JSON.stringify(expected));
      for (let at = 0; at < bytes.length; ) {
        const size = sizes.next().value;
        splitter.push(bytes.subarray(at, at + size));
        at += size;
      }
      expect(items).toEqual(expected.items.map(withoutNulls));
      expect((splitter.end() as typeof expected).metadata.continue).toBe(expected.metadata.continue);
    }),
  );
});

it('keeps the wanted fields, of objects and of those in lists', () => {
  const mask: Mask = { name: true, list: { name: true, inner: { name: true } } };
  const object = {
    skipped: { name: 'x' },
    name: 'é',
    list: [{ name: 1, y: 2, inner: { name: [true], z: {} } }, {}],
  };
  const kept = { name: 'é', list: [{ name: 1, inner: { name: [true] } }, {}] };
  expect(read(JSON.stringify(object, undefined, 2), mask)).toEqual(kept);
});

it.each(['', '{', '{"a":}', '{"a":1,}', '{"a" 1}', '[1 2]', '{"a":tru}', '{"a":1}}', '{"a":"\\x"}', '{a:1}'])(
  'refuses %j',
  (json) => {
    expect(() => read(json, true)).toThrow(SyntaxError);
  },
);

it('tells when a list has been cut off', () => {
  const splitter = new ListSplitter(() => {});
  splitter.push(Buffer.from('{"metadata":{},"items":[{"a":1},{"b"'));
  expect(() => splitter.end()).toThrow(SyntaxError);
});

function read(json: string, mask: Mask): unknown {
  const bytes = Buffer.from(`${json}\n`);
  return new FieldReader().read(bytes, bytes.length - 1, mask);
}

/** Fields that are null are left out; in lists they stay. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([name, inner]) => [name, withoutNulls(inner)]),
  );
}
