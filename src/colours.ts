const codes = { bold: 1, red: 31, green: 32, yellow: 33, blue: 34 };

/** Gives a text a colour, or leaves it as it is where nobody sees colours. */
export type Paint = (colour: keyof typeof codes, text: string) => string;

export function paintFor(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): Paint {
  if (stream.isTTY !== true || (environment.NO_COLOR ?? '') !== '') return (_, text) => text;
  return (colour, text) => `\x1b[${codes[colour]}m${text}\x1b[0m`;
}
