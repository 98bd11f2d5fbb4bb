/** Go's strings.Trim: takes off all characters at both ends that are among those of `cutset`. */
export function trimCutset(text: string, cutset: string): string {
  return trimRightCutset(trimLeftCutset(text, cutset), cutset);
}

export function trimLeftCutset(text: string, cutset: string): string {
  const cut = new Set(cutset);
  let start = 0;
  for (const character of text) {
    if (!cut.has(character)) break;
    start += character.length;
  }
  return text.slice(start);
}

export function trimRightCutset(text: string, cutset: string): string {
  const cut = new Set(cutset);
  let end = text.length;
  for (const character of [...text].reverse()) {
    if (!cut.has(character)) break;
    end -= character.length;
  }
  return text.slice(0, end);
}
