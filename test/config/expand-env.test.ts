import { describe, expect, it } from 'vitest';
import { expandEnv } from '../../src/config/expand-env.js';

const variables: Record<string, string> = {
  A: 'hello/World',
  B: 'x',
  EMPTY: '',
  N: '2',
  U: 'ünïcode',
  P: 'a.b.c.d',
  C: 'foo.tar.gz',
};

function expand(text: string): string {
  return expandEnv(text, (name) => variables[name]);
}

/** Each was run through Promtail. */
describe('expandEnv', () => {
  it.each([
    ['${A}', 'hello/World'],
    ['${NOPE}', ''],
    ['${A:-d}', 'hello/World'],
    ['${NOPE:-d e:f}', 'd e:f'],
    ['${EMPTY:=d}', 'd'],
    ['${EMPTY=d}', 'd'],
    ['${A=d}', 'hello/World'],
    ['${NOPE:-a${B}b}', 'axb'],
    ['${NOPE:-a$B}', 'a$B'],
    ['${A:+x}', 'hello/World'],
    ['${NOPE:+x}', 'x'],
    ['${NOPE:?x}', 'x'],
    ['${A^}', 'Hello/World'],
    ['${A^^}', 'HELLO/WORLD'],
    ['${A,}', 'hello/World'],
    ['${A,,}', 'hello/world'],
    ['${A,^}', 'hello/World'],
    ['${#A}', '11'],
    ['${#U}', '9'],
    ['${A:1}', 'ello/World'],
    ['${A:1:3}', 'ell'],
    ['${A:-3}', 'hello/World'],
    ['${A: -3}', 'hello/World'],
    ['${A:x}', 'hello/World'],
    ['${A:20}', ''],
    ['${A:20:3}', ''],
    ['${A:2:x}', 'hello/World'],
    ['${A#h*}', 'ello/World'],
    ['${A##*/}', 'World'],
    ['${A#*/}', 'World'],
    ['${A%/*}', 'hello'],
    ['${P%.*}', 'a.b.c'],
    ['${P%%.*}', 'a'],
    ['${P#*.}', 'b.c.d'],
    ['${P##*.}', 'd'],
    ['${P#?}', '.b.c.d'],
    ['${P#[a-c]}', '.b.c.d'],
    ['${P#[^b]}', '.b.c.d'],
    ['${P#[a}', 'a.b.c.d'],
    ['${P%[d]}', 'a.b.c.d'],
    ['${P#\\a}', '.b.c.d'],
    ['${A/o/0}', 'hell0/World'],
    ['${A//o/0}', 'hell0/W0rld'],
    ['${A/o/}', 'hell/World'],
    ['${A//l/}', 'heo/Word'],
    ['${A/#hel/J}', 'Jlo/World'],
    ['${A/%ld/J}', 'hello/WorJ'],
    ['${A/\\//x}', 'helloxWorld'],
    ['$A', '$A'],
    ['$1', '$1'],
    ['$', '$'],
    ['a$', 'a$'],
    ['$$', '$'],
    ['$${A}', '${A}'],
    ['$$${A}', '$hello/World'],
    ['\\\\d', '\\d'],
    ['\\/', '/'],
    ['\\n', '\\n'],
    ['${1}', ''],
    ['${2}', ''],
    ['${A:${N}}', 'llo/World'],
    ['${A:${N}:${N}}', 'll'],
    ['${A#${B}}', 'hello/World'],
    ['${NOPE:-${NOPE:-deep}}', 'deep'],
    ['${NOPE:-}', ''],
    ['${A:1::2}', 'el'],
    ['${NOPE:-a\\/b}', 'a\\/b'],
    ['${NOPE:-$$}', '$$'],
    ['${A/$$/x}', 'hello/World'],
    ['a ${A} b ${B} c', 'a hello/World b x c'],
    ['${EMPTY^}', ''],
    ['${A/o//}', 'hell/World'],
    ['${é}', ''],
    ['${_}', ''],
    ['${A/o/\\/}', 'hell//World'],
    ['${P##a*b}', '.c.d'],
    ['${P#*[}', 'a.b.c.d'],
    ['${A/${B}/y}', 'hello/World'],
    ['${NOPE:-x:y}', 'x:y'],
    ['${N:+ a}', '2'],
  ])('%s → %s', (text, expanded) => {
    expect(expand(text)).toBe(expanded);
  });

  it.each([
    ['${A-d}', 'missing closing brace'],
    ['${A+d}', 'missing closing brace'],
    ['${A/x}', 'bad substitution'],
    ['${A///b}', 'unable to parse substitution within function'],
    ['${}', 'unable to parse variable name'],
    ['${', 'unable to parse variable name'],
    ['${A', 'missing closing brace'],
    ['${A.B}', 'missing closing brace'],
    ['${A B}', 'missing closing brace'],
    ['${A!}', 'missing closing brace'],
    ['${A:}', 'unable to parse substitution within function'],
    ['${A::2}', 'unable to parse substitution within function'],
    ['${A:${N}1}', 'bad substitution'],
    ['${A#x${B}}', 'bad substitution'],
    ['${#}', 'bad substitution'],
    ['${##}', 'bad substitution'],
    ['${#A.B}', 'bad substitution'],
    ['${A:-', 'unable to parse substitution within function'],
    ['${A:-x', 'unable to parse substitution within function'],
    ['${A#}', 'unable to parse substitution within function'],
    ['${NOPE-', 'missing closing brace'],
    ['${A:=', 'unable to parse substitution within function'],
    ['${A:1', 'bad substitution'],
  ])('%s is refused: %s', (text, message) => {
    expect(() => expand(text)).toThrow(new Error(message));
  });

  it('refuses a negative length, on which Promtail crashes', () => {
    expect(() => expand('${A:0:-1}')).toThrow('bad substitution: negative length -1');
  });

  it('ends at a NUL byte', () => {
    expect(expand('${B}\0${B')).toBe('x');
  });

  it('takes a long text', () => {
    const filler = 'some: text\n'.repeat(100_000);
    expect(expand(`${filler}\${B}`)).toBe(`${filler}x`);
  });
});
