import { compileGoRegexp, type GoRegexp } from '../go/regexp/go-regexp.js';
import { converted, type Schema } from './schema.js';
import { nonEmpty, stageText, weakText } from './stage-fields.js';

/** A Go regular expression in the body of a stage. */
export const nonEmptyRegexp: Schema<GoRegexp> = converted(nonEmpty(stageText), compile);
export const weakRegexp: Schema<GoRegexp> = converted(weakText, compile);

function compile(source: string): GoRegexp {
  return compileGoRegexp(source);
}
