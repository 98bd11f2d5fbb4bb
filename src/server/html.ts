/** Markup that is safe to show: what was put into it is escaped. */
export class Html {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

type Part = string | number | boolean | Html | readonly Html[];

/** Text in `${}` is escaped, markup and lists of it stay. */
export function html(literals: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(literals.map((literal, index) => literal + print(parts[index] ?? '')).join(''));
}

function print(part: Part): string {
  if (part instanceof Html) return part.source;
  if (Array.isArray(part)) return part.map((each: Html) => each.source).join('');
  return String(part).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
