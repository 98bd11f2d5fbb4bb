// What is asked for is nearly always written in the template; what is made from the line must not fill the memory.
const maxEntries = 1000;

/** `make`, remembering what it made of a text. What it throws is not remembered. */
export function memo<Made>(make: (text: string) => Made): (text: string) => Made {
  const known = new Map<string, Made>();
  return (text) => {
    let made = known.get(text);
    if (made === undefined) {
      made = make(text);
      if (known.size >= maxEntries) known.clear();
      known.set(text, made);
    }
    return made;
  };
}
