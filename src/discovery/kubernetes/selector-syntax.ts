/** What is wrong with a field selector (`spec.nodeName=a,status.phase!=Failed`), if anything. A backslash quotes. */
export function checkFieldSelector(selector: string): string | undefined {
  const terms = selector.match(/(?:\\.|[^,\\])+|\\$/gs) ?? [];
  const wrong = terms.find((term) => !/^[^=!\\]+(?:==|!=|=)(?:\\[\\,=]|[^\\,=])*$/s.test(term));
  return wrong === undefined
    ? undefined
    : `invalid selector: ${JSON.stringify(selector)}; can't understand ${JSON.stringify(wrong)}`;
}

const name = '[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const key = `(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?${name}`;
const value = `(?:${name})?`;
const requirement = new RegExp(
  `^\\s*(?:!\\s*${key}|${key}\\s*(?:(?:==|!=|=)\\s*${value}|[<>]\\s*\\d+|\\s(?:in|notin)\\s*\\(\\s*${value}\\s*(?:,\\s*${value}\\s*)*\\))?)\\s*$`,
);

/** What is wrong with a label selector (`app=web,tier in (a, b),!canary`), if anything. */
export function checkLabelSelector(selector: string): string | undefined {
  if (selector.trim() === '') return undefined;
  // Commas inside parentheses separate values, all others requirements.
  const wrong = selector.split(/,(?![^(]*\))/).find((part) => !requirement.test(part));
  return wrong === undefined
    ? undefined
    : `unable to parse requirement: ${JSON.stringify(wrong.trim())} of the label selector ${JSON.stringify(selector)}`;
}
