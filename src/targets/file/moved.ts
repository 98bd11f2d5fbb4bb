/** Names change while they are being looked at; so often we look again before we leave it to the next time. */
const maxLooks = 5;

/** What is at a name is not what was there a moment ago. */
export class MovedError extends Error {
  readonly code = 'EMOVED';
  readonly path: string;

  constructor(path: string) {
    super(path);
    this.path = path;
  }
}

/** Does it again when names were moved in the middle of it; `forget` is told which. */
export async function repeatWhileMoving<T>(
  work: () => Promise<T>,
  forget: (path: string) => void = () => {},
): Promise<T> {
  for (let looks = 1; ; looks++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof MovedError)) throw error;
      forget(error.path);
      if (looks >= maxLooks) throw error;
    }
  }
}
