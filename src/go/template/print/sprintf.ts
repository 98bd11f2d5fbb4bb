import { Int, typeName, type Value } from '../values.js';
import { formatString } from './format-string.js';
import { formatValue } from './format-value.js';
import { pad, plainVerb, type Verb } from './verb.js';

/** Go's `fmt.Sprintf`, its complaints about formats and arguments that do not fit included. */
export function sprintf(format: string, values: readonly Value[]): string {
  return new Printf(format, values).run();
}

function formatType(value: Value, verb: Verb): string {
  const isNil = value === null || value === undefined;
  return isNil ? pad('<nil>', verb) : formatString(typeName(value), { ...verb, letter: 's' })!;
}

type MutableVerb = { -readonly [Key in keyof Verb]: Verb[Key] };

/** Reads a format from left to right. */
class Printf {
  readonly #format: string;
  readonly #values: readonly Value[];
  #at = 0;
  #next = 0;
  /** A `[n]` was used: then nobody can say which values are left over. */
  #isReordered = false;
  #isGoodIndex = true;
  #isAfterIndex = false;

  constructor(format: string, values: readonly Value[]) {
    this.#format = format;
    this.#values = values;
  }

  run(): string {
    let text = '';
    while (this.#at < this.#format.length) {
      const percent = this.#format.indexOf('%', this.#at);
      const end = percent < 0 ? this.#format.length : percent;
      text += this.#format.slice(this.#at, end);
      this.#at = end + 1;
      if (percent >= 0) text += this.#directive();
    }
    return text + this.#extra();
  }

  #directive(): string {
    this.#isGoodIndex = true;
    const verb: MutableVerb = { ...plainVerb };
    this.#readFlags(verb);
    this.#readIndex();
    let text = this.#readWidth(verb);
    text += this.#readPrecision(verb);
    if (!this.#isAfterIndex) this.#readIndex();
    if (this.#at >= this.#format.length) return `${text}%!(NOVERB)`;
    verb.letter = String.fromCodePoint(this.#format.codePointAt(this.#at)!);
    this.#at += verb.letter.length;
    return text + this.#formatNext(verb);
  }

  #formatNext(verb: MutableVerb): string {
    const { letter } = verb;
    if (letter === '%') return '%';
    if (!this.#isGoodIndex) return `%!${letter}(BADINDEX)`;
    if (this.#next >= this.#values.length) return `%!${letter}(MISSING)`;
    const value = this.#values[this.#next++];
    if (letter === 'T') return formatType(value, verb);
    if (letter === 'v') {
      // Here these flags ask for another syntax, not for a sign.
      verb.isGoSyntax = verb.sharp;
      verb.sharp = false;
      verb.plus = false;
    }
    return formatValue(value, verb);
  }

  #readFlags(verb: MutableVerb): void {
    for (; ; this.#at++) {
      const flag = this.#format[this.#at];
      if (flag === '#') verb.sharp = true;
      else if (flag === '0') verb.zero = true;
      else if (flag === '+') verb.plus = true;
      else if (flag === '-') verb.minus = true;
      else if (flag === ' ') verb.space = true;
      else return;
    }
  }

  /** `[2]`: which value comes next. */
  #readIndex(): void {
    this.#isAfterIndex = false;
    if (this.#format[this.#at] !== '[') return;
    this.#isReordered = true;
    const close = this.#format.indexOf(']', this.#at);
    const digits = this.#format.slice(this.#at + 1, close);
    const index = /^\d+$/.test(digits) && Number(digits) <= 1e6 ? Number(digits) - 1 : -1;
    this.#at = close < 0 ? this.#at + 1 : close + 1;
    if (close >= 0 && index >= 0 && index < this.#values.length) {
      this.#next = index;
      this.#isAfterIndex = true;
      return;
    }
    this.#isGoodIndex = false;
    this.#isAfterIndex = close >= 0 && /^\d+$/.test(digits);
  }

  #readWidth(verb: MutableVerb): string {
    if (this.#format[this.#at] !== '*') {
      verb.width = this.#readNumber();
      if (this.#isAfterIndex && verb.width !== undefined) this.#isGoodIndex = false;
      return '';
    }
    this.#at += 1;
    this.#isAfterIndex = false;
    const width = this.#takeNumber();
    if (width === undefined) return '%!(BADWIDTH)';
    verb.width = Math.abs(width);
    if (width < 0) {
      verb.minus = true;
      verb.zero = false;
    }
    return '';
  }

  #readPrecision(verb: MutableVerb): string {
    if (this.#format[this.#at] !== '.' || this.#at + 1 >= this.#format.length) return '';
    this.#at += 1;
    if (this.#isAfterIndex) this.#isGoodIndex = false;
    this.#readIndex();
    if (this.#format[this.#at] !== '*') {
      verb.precision = this.#readNumber() ?? 0;
      return '';
    }
    this.#at += 1;
    this.#isAfterIndex = false;
    const precision = this.#takeNumber();
    if (precision === undefined || precision < 0) return '%!(BADPREC)';
    verb.precision = precision;
    return '';
  }

  #readNumber(): number | undefined {
    const digits = /^\d*/.exec(this.#format.slice(this.#at))![0];
    if (digits === '') return undefined;
    if (Number(digits) > 1e7) {
      this.#at = this.#format.length;
      return undefined;
    }
    this.#at += digits.length;
    return Number(digits);
  }

  /** A width or precision that is a value of its own, for `*`. */
  #takeNumber(): number | undefined {
    if (this.#next >= this.#values.length) return undefined;
    const value = this.#values[this.#next++];
    if (!(value instanceof Int)) return undefined;
    const number = Number(value.value);
    return Math.abs(number) > 1e6 ? undefined : number;
  }

  #extra(): string {
    if (this.#isReordered || this.#next >= this.#values.length) return '';
    const left = this.#values
      .slice(this.#next)
      .map((value) =>
        value === null || value === undefined
          ? '<nil>'
          : `${typeName(value)}=${formatValue(value, plainVerb)}`,
      );
    return `%!(EXTRA ${left.join(', ')})`;
  }
}
